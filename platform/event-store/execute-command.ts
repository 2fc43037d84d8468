import type { Database, Unit } from '#platform/database'
import type { Decider } from '#platform/domain'
import { append } from './append.ts'
import { VersionConflictError } from './errors.ts'
import { load } from './load.ts'
import type { StreamHead } from './stream-head.ts'

/** One command on one stream, and what goes into the same unit. */
export interface Execute<Command, Event extends { readonly type: string }, State, Result> {
  readonly decider: Decider<Command, Event, State>
  readonly stream: string
  /** Made inside the unit, so that it can carry the database's time. */
  command(unit: Unit): Command
  readonly workspaceId: string
  readonly actor: string
  readonly correlationId: string
  readonly causationId: string
  /** Projects and publishes in the same unit. Called also when nothing was decided, with no events. */
  conclude(unit: Unit, decided: Decided<Event, State>): Promise<Result>
}

/** What a command led to. */
export interface Decided<Event, State> {
  readonly events: readonly Event[]
  readonly state: State
  readonly head: StreamHead
}

const ATTEMPTS_MAX = 5

/**
 * Loads a stream, decides, appends and projects in one unit; starts anew when another writer was first.
 *
 * @throws {DomainError} when the decider refuses
 * @throws {VersionConflictError} after five lost races
 */
export async function executeCommand<Command, Event extends { readonly type: string }, State, Result>(
  database: Database,
  execute: Execute<Command, Event, State, Result>,
): Promise<Result> {
  return retryConflicts(() => database.unit([execute.stream], (unit) => runOnce(unit, execute)))
}

/**
 * Runs a unit of work anew when another writer was first. Each time is a transaction of its own, since one that goes on
 * may go on reading what was there before the other writer.
 *
 * @throws {VersionConflictError} after five lost races
 */
export async function retryConflicts<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof VersionConflictError) || attempt === ATTEMPTS_MAX) throw error
    }
  }
}

async function runOnce<Command, Event extends { readonly type: string }, State, Result>(
  unit: Unit,
  execute: Execute<Command, Event, State, Result>,
): Promise<Result> {
  const { decider, stream, workspaceId, actor, correlationId, causationId } = execute
  const loaded = await load<Event>(unit, stream)
  const before = loaded.events.reduce((reached, { event }) => decider.evolve(reached, event), decider.initial)
  const events = decider.decide(execute.command(unit), before)
  if (events.length === 0) return execute.conclude(unit, { events, state: before, head: loaded.head })
  const [head] = await append(unit, [{ head: loaded.head, events, workspaceId, actor, correlationId, causationId }])
  const state = events.reduce((reached, event) => decider.evolve(reached, event), before)
  return execute.conclude(unit, { events, state, head: head ?? loaded.head })
}
