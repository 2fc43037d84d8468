import type { Attributes, EndedSpan, SpanKind } from './span.ts'

/** Who sends spans. */
export interface TracedProcess {
  /** `carillon-jobs`. */
  readonly service: string
  readonly instanceId: string
  readonly version: string
}

const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }
const STATUS_ERROR = 2
const NANOSECONDS_PER_MS = 1e6
const FRACTION_DIGITS = 6

/** Spans as the body of an OTLP/HTTP request in JSON (`ExportTraceServiceRequest`: ids in hex, 64-bit numbers as text). */
export function otlpRequest({ service, instanceId, version }: TracedProcess, spans: readonly EndedSpan[]): string {
  const resource = {
    'service.name': service,
    'service.namespace': 'carillon',
    'service.instance.id': instanceId,
    'service.version': version,
  }
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'carillon', version }, spans: spans.map(otlpSpan) }],
      },
    ],
  })
}

function otlpSpan(span: EndedSpan): object {
  const { traceId, spanId, parentSpanId, name, kind, startedAtMs, durationMs, attributes, errorType } = span
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startedAtMs),
    endTimeUnixNano: nanoseconds(startedAtMs + durationMs),
    attributes: keyValues({ ...attributes, 'error.type': errorType }),
    status: errorType === undefined ? {} : { code: STATUS_ERROR },
  }
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: any(value) }]))
}

function any(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** As text: a number would lose the last digits. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms)
  const fraction = Math.floor((ms - whole) * NANOSECONDS_PER_MS)
  return `${whole}${String(fraction).padStart(FRACTION_DIGITS, '0')}`
}
