import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import { append, type NewEvents } from '#platform/event-store'
import type { AppendedChanges, DecidedChange } from './project-changes.ts'

/** What a command made of one job: one change at least. */
export interface DecidedJob extends Omit<NewEvents, 'events'> {
  readonly changes: readonly DecidedChange[]
}

/** Appends what was decided, for many jobs at once. @throws {VersionConflictError} when another writer was first */
export async function appendChanges(unit: Unit, decided: readonly DecidedJob[]): Promise<AppendedChanges> {
  const heads = await append(
    unit,
    decided.map(({ changes, ...rest }) => ({ ...rest, events: changes.map(({ event }) => event) })),
  )
  const jobs = decided.map(({ changes }, index) => {
    const [last, head] = [changes.at(-1), heads[index]]
    invariant(last && head, 'a decision has changes, and a new head')
    return { state: last.after, head }
  })
  return { changes: decided.flatMap(({ changes }) => changes), jobs }
}
