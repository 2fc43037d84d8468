import { openSpan, type Span } from '#platform/telemetry'
import type { Decision, Fire } from '#platform/timetable'
import type { ScheduleAdvanced } from '../domain/schedule-advanced.ts'

/** The record that led to a decision, as far as traces go; null when it was time alone. */
export type TracedCause = { readonly traceparent?: string | undefined } | null

/**
 * Opens a span for each fire of a decision. What somebody asked for belongs to the trace in which it was asked; what time
 * alone fires begins a trace of its own.
 */
export function traceFires({ fires }: Decision, event: ScheduleAdvanced, cause: TracedCause): readonly Span[] {
  return fires.map((fire, index) =>
    openSpan('fire job', {
      parent: parentOf(fire, cause),
      attributes: {
        'carillon.job.id': event.jobId,
        'carillon.job.type': fire.jobType,
        'carillon.execution.id': event.fired[index]?.executionId,
        // What follows the colon is the caller's own key.
        'carillon.cause': fire.cause.split(':')[0],
      },
    }),
  )
}

function parentOf({ traceparent }: Fire, cause: TracedCause): string | null {
  if (traceparent !== undefined) return traceparent
  return cause ? (cause.traceparent ?? null) : 'new'
}
