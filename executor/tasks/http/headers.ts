import type { Headers } from '#platform/outbound'
import type { TaskContext } from '../task.ts'

// Of one connection (RFC 9110 §7.6.1), of the framing, or set by us.
const FORBIDDEN = new Set([
  'accept-encoding',
  'carillon-attempt',
  'connection',
  'content-length',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const REPORTED = [
  'age',
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'date',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'server',
  'x-request-id',
]
const REPORTED_CHARACTERS_MAX = 512

/** Whether params may not set this header. */
export function isForbiddenHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return FORBIDDEN.has(lower) || lower.startsWith('proxy-')
}

/** What the first request carries: the params' headers and ours. */
export function requestHeaders(given: Headers, body: unknown, context: TaskContext): Headers {
  const entries = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    'user-agent': 'Carillon',
    ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
    ...Object.fromEntries(entries.filter(([name]) => !isForbiddenHeader(name))),
    'accept-encoding': 'identity',
    'idempotency-key': context.executionId,
    'carillon-attempt': String(context.attempt),
  }
}

/** The answer's headers that a result shows: none that sets a cookie or could be long. */
export function reportedHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Headers {
  return Object.fromEntries(
    REPORTED.flatMap((name) => {
      const value = headers[name]
      if (value === undefined) return []
      const text = typeof value === 'string' ? value : value.join(', ')
      return [[name, text.slice(0, REPORTED_CHARACTERS_MAX).toWellFormed()]]
    }),
  )
}
