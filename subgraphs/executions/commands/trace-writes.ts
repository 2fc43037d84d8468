import { isTracing, openSpan, spanEach } from '#platform/telemetry'
import type { LogAppend } from './append-logs.ts'
import type { FinishedAttempt } from './finish-attempts.ts'

/** Appends to logs with a span for each attempt that belongs to a trace. */
export function traceAppends<T>(
  appends: readonly LogAppend[],
  write: (appends: readonly LogAppend[]) => Promise<T>,
): Promise<T> {
  if (!isTracing()) return write(appends)
  return spanEach(
    appends,
    (append) => openWrite('write log', append, append.chunks),
    () => write(appends),
  )
}

/** The same for results, which take the last lines with them. What others are told of a result is caused by its span. */
export function traceResults(
  finished: readonly FinishedAttempt[],
  write: (finished: readonly FinishedAttempt[]) => Promise<void>,
): Promise<void> {
  if (!isTracing()) return write(finished)
  return spanEach(
    finished,
    (attempt) => openWrite('write result', attempt, attempt.log),
    (traceparents) => write(finished.map((attempt, index) => ({ ...attempt, traceparent: traceparents[index] }))),
  )
}

function openWrite(
  name: string,
  { claim: { execution, epoch }, traceparent }: Pick<LogAppend, 'claim' | 'traceparent'>,
  chunks: LogAppend['chunks'],
) {
  return openSpan(name, {
    parent: traceparent ?? null,
    attributes: {
      'carillon.execution.id': execution.id,
      'carillon.attempt': epoch,
      'carillon.log.lines': chunks.reduce((lines, chunk) => lines + chunk.lines.length, 0),
    },
  })
}
