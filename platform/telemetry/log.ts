import { type Logger, pino } from 'pino'
import { currentTraceparent } from './trace/span.ts'
import { parseTraceparent } from './trace/traceparent.ts'

/** What goes with an event: identifiers, `durationMs`, `err`. Never a token, a password or a payload. */
export type LogFields = Readonly<Record<string, unknown>>

/** One JSON line an event. The event's name is constant (`execution.started`); what varies is a field. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  /** The life of a job. */
  info(event: string, fields?: LogFields): void
  /** What healed itself. */
  warn(event: string, fields?: LogFields): void
  /** What a person must look at. */
  error(event: string, fields?: LogFields): void
  /** The same log with fields that go with every line. */
  with(fields: LogFields): Log
}

/** The least important level that is written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

const SECRETS = ['token', 'accessToken', 'refreshToken', 'password', 'authorization']

/** A log to standard output. */
export function openLog(level: LogLevel): Log {
  const root = pino({
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // A net below the rule that secrets are not logged at all.
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    errorKey: 'err',
    mixin: traceFields,
  })
  return wrap(root)
}

/** A log that says nothing, for tests. */
export function silentLog(): Log {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
    with: () => log,
  }
  return log
}

/** A line that is written in a trace says in which. */
function traceFields(): object {
  const context = parseTraceparent(currentTraceparent())
  return context ? { trace_id: context.traceId, span_id: context.spanId } : {}
}

function wrap(logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>): Log {
  return {
    debug: (event, fields) => logger.debug({ event, ...fields }),
    info: (event, fields) => logger.info({ event, ...fields }),
    warn: (event, fields) => logger.warn({ event, ...fields }),
    error: (event, fields) => logger.error({ event, ...fields }),
    with: (fields) => wrap(logger.child(fields) as Logger),
  }
}
