import type { TimingOptions } from '#platform/schedule'
import { definitions, occurrence } from './definitions.fixture.ts'
import { explain } from './explain.ts'
import type { JobEvent } from './job-event.ts'
import { momentOf } from './moment.ts'
import type { Occurrence } from './occurrence.ts'

const NEW_YORK = 'America/New_York'

/** A job, what is known of it, and when somebody asks. */
export interface Case {
  readonly schedule?: string
  readonly timing?: Partial<TimingOptions>
  readonly changes?: readonly JobEvent[]
  readonly createdAt?: string
  readonly records?: readonly Occurrence[]
  readonly now?: string
  readonly exhausted?: boolean
  readonly ledgerSince?: string
}

/** The verdict and the message for a moment of it; in New York unless another zone is given. */
export function explained(at: string, given: Case) {
  const timing = { timeZone: NEW_YORK, ...given.timing }
  const { schedule = '30 2 * * *', createdAt = '2026-01-01T00:00:00Z', changes = [] } = given
  const found = explain({
    moment: momentOf(at, timing.timeZone),
    definitions: definitions(schedule, createdAt, { timing, changes }),
    records: given.records ?? [],
    status: { exhausted: given.exhausted ?? false },
    ledgerSince: given.ledgerSince === undefined ? null : new Date(given.ledgerSince),
    now: new Date(given.now ?? '2026-12-01T00:00:00Z'),
  })
  return [found.verdict, found.message]
}

/** A record of what did not fire. */
export const skipped = (from: string, changes: Partial<Occurrence>): Occurrence =>
  occurrence(from, { effectiveAt: null, executionId: null, decidedAt: new Date('2026-03-10T09:00:00Z'), ...changes })
