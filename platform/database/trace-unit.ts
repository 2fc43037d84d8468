import { currentTraceparent, inTrace, isTracing, span } from '#platform/telemetry'
import type { Unit } from './database.ts'

/** Work in a transaction. */
type Work<T> = (unit: Unit) => Promise<T>

/**
 * Enters a unit as a part of the trace in which it is asked for. It runs later, together with units of others, so its
 * trace goes with it; and the trace of who woke the queue is not that of everybody in it.
 */
export function traceUnit<T>(database: string, work: Work<T>, enter: (work: Work<T>) => Promise<T>): Promise<T> {
  if (!isTracing()) return enter(work)
  const enterIn = (traceparent: string | undefined) => enter((unit) => inTrace(traceparent, () => work(unit)))
  if (currentTraceparent() === undefined) return enterIn(undefined)
  const attributes = { 'db.namespace': database }
  return span(`commit ${database}`, { attributes }, ({ traceparent }) => enterIn(traceparent))
}
