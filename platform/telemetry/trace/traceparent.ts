/** The place of a span in its trace (W3C Trace Context, §2). */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  /** Whether spans of this trace are recorded. */
  readonly isSampled: boolean
}

// A later version may append fields (§3.2.2.1); version ff is none.
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/
const CHARACTERS_MAX = 191
const SAMPLED = 1

/** Reads a `traceparent`. Undefined for what is none, which a receiver must ignore (§3.2.2). */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  if (text === undefined || text.length > CHARACTERS_MAX) return undefined
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(text) ?? []
  if (!traceId || !spanId || !flags || (version === '00' && rest !== undefined)) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED }
}

/** A `traceparent` that came from outside as it may be carried on: undefined unless it is one. */
export function soundTraceparent(text: string | undefined): string | undefined {
  return parseTraceparent(text) && text
}

/** Writes a `traceparent`. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}
