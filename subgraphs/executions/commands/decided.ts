import type { StreamHead } from '#platform/event-store'
import { type Execution, execution } from '../domain/execution.ts'
import type { ExecutionCommand } from '../domain/execution-command.ts'
import type { ExecutionEvent } from '../domain/execution-event.ts'
import { streamOf } from '../projections/executions.ts'
import type { Place, QueueRow } from '../projections/queue.ts'

/** An execution before a command, with what writing on needs. */
export interface Loaded {
  readonly state: Execution | null
  readonly head: StreamHead
  readonly place: Place
  /** Its place among those of its priority; null before it has one. */
  readonly fairTag: number | null
  /** The version that was last sent to `execution-events`; 0 when none was. */
  readonly sentVersion: number
  readonly correlationId: string
  /** The W3C trace context of the commands, if any. */
  readonly traceparent?: string | null | undefined
  /** What led to the commands; the event before them when left out. */
  readonly causationId?: string
}

/** What commands made of an execution. */
export interface Decided extends Loaded {
  readonly events: readonly ExecutionEvent[]
  readonly after: Execution
}

/** An open execution as the commands want it. Its queue row holds the head of its stream. */
export function loadedOf(
  state: Execution,
  row: Pick<QueueRow, 'version' | 'hash' | 'place' | 'sent_version' | 'correlation_id' | 'trace_parent' | 'fair_tag'>,
): Loaded {
  return {
    state,
    head: { stream: streamOf(state.id), version: row.version, hash: row.hash },
    place: row.place,
    fairTag: row.fair_tag,
    sentVersion: row.sent_version,
    correlationId: row.correlation_id,
    traceparent: row.trace_parent,
  }
}

/** Decides some commands on one execution, each on what the one before left. */
export function decideAll(loaded: Loaded, commands: readonly ExecutionCommand[]): Decided | null {
  const events: ExecutionEvent[] = []
  let after = loaded.state
  for (const command of commands) {
    for (const event of execution.decide(command, after)) {
      events.push(event)
      after = execution.evolve(after, event)
    }
  }
  return after && events.length > 0 ? { ...loaded, events, after } : null
}
