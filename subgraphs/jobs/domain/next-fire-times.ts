import { DomainError } from '#platform/domain'
import { simulate } from '#platform/timetable'
import type { Job } from './job.ts'

const COUNT_MAX = 100
const RECORDS_MAX = 10_000
const SKIPS_ALONE_MAX = 500
// Calendars may never let anything. A job of each second is followed for a month of what they forbid.
const IDLE_DECISIONS_MAX = 30
// Beyond any schedule that is taken, whatever its window: an `@at` has a year of four digits, in any zone.
const LAST = new Date('+010000-01-03T00:00:00Z')

/**
 * The next nominal times at which a job fires, by all that it says of time: its zone, window, limit and calendars, and as
 * far as can be looked ahead where these forbid nearly everything. None for a job that is not ACTIVE.
 *
 * A time that has come and that jitter holds back is one of them.
 *
 * @param firesLeft how often it may fire yet; null is without a limit
 * @param undecidedAt the next nominal time of which nothing is decided; null where that is not known
 * @throws {DomainError} BAD_USER_INPUT unless `count` is from 1 to 100
 */
export function nextFireTimes(
  { id, state, schedule, timing, scheduledSince }: Job,
  now: Date,
  count: number,
  firesLeft: number | null = timing.firesMax,
  undecidedAt: Date | null = null,
): readonly Date[] {
  if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX) {
    throw new DomainError('BAD_USER_INPUT', `count must be from 1 to ${COUNT_MAX}`, { argument: 'count' })
  }
  if (state !== 'ACTIVE' || (firesLeft !== null && firesLeft <= 0)) return []
  const left = { ...timing, schedule, firesMax: firesLeft }
  const from = startOf(now, timing.jitterMs, undecidedAt)
  // Decisions are made from now on, also those on what came before.
  const range = { createdAt: scheduledSince, from, to: LAST, outages: [{ from, to: now }] }
  // Between two fires there is a skip or none, as a rule.
  for (let recordsMax = 2 * count; ; recordsMax *= 4) {
    const limits = { recordsMax, idleDecisionsMax: IDLE_DECISIONS_MAX }
    const { fires: all, skips } = simulate({ jobId: id, timing: left, ...range, ...limits })
    // What was due before is about to be fired, or was, and nobody has told of it yet.
    const fires = from < now ? all.filter(({ effectiveAt }) => effectiveAt > now) : all
    const isFull = all.length + skips.length >= recordsMax
    const mostRecords = all.length === 0 ? SKIPS_ALONE_MAX : RECORDS_MAX
    if (fires.length < count && isFull && recordsMax < mostRecords) continue
    return fires.slice(0, count).map(({ nominalAt }) => nominalAt)
  }
}

/** From when times may be to come: before now, when jitter holds one back. It holds none for longer than `jitterMs`. */
function startOf(now: Date, jitterMs: number, undecidedAt: Date | null): Date {
  if (undecidedAt === null || undecidedAt > now) return now
  return new Date(Math.min(now.getTime(), Math.max(undecidedAt.getTime() - 1, now.getTime() - jitterMs - 1)))
}
