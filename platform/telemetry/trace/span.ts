import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '#platform/clock'
import { formatTraceparent, parseTraceparent } from './traceparent.ts'

/** What is told of a span: ids, names, counts and codes. Never a token, a parameter or a payload. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Which side of a call or of a topic a span is on. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** What a span is opened with. */
export interface SpanOptions {
  /** Default `internal`. */
  readonly kind?: SpanKind
  /**
   * The traceparent of its cause; that of the code around it when left out. `'new'` begins a trace; null or what cannot be
   * read is no cause. Without a cause nothing is recorded: only doors and clocks begin traces.
   */
  readonly parent?: string | null | undefined
  readonly attributes?: Attributes
}

/** A piece of work in a trace. */
export interface Span {
  /** What those are told whom it causes. When nothing is recorded, what its own cause was. */
  readonly traceparent: string | undefined
  set(attributes: Attributes): void
  /** Ends it; a second time changes nothing. `errorType` is a code or the name of an error, never its message. */
  end(errorType?: string): void
}

/** A span that has ended. */
export interface EndedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: SpanKind
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  readonly durationMs: number
  readonly attributes: Attributes
  readonly errorType: string | undefined
}

/** Where ended spans go. Must neither wait nor throw. */
export interface SpanSink {
  readonly clock: Pick<Clock, 'now' | 'monotonicMs' | 'newId'>
  take(span: EndedSpan): void
}

const SPAN_ID_DIGITS = 16

// One for each thread, as it is with fail points: a span may be opened anywhere, and nothing is handed around for it.
let sink: SpanSink | undefined
const contexts = new AsyncLocalStorage<string | undefined>()

/** Sends the spans of this thread there from now on; undefined switches tracing off. */
export function installSink(next: SpanSink | undefined): void {
  sink = next
}

/** Whether spans are recorded. Asked where even an array less is worth it. */
export function isTracing(): boolean {
  return sink !== undefined
}

/** The traceparent of the span that this code runs in. */
export function currentTraceparent(): string | undefined {
  return sink && contexts.getStore()
}

/** Runs `body` as a part of a trace, or of none: for work that others run, later or together with the work of others. */
export function inTrace<T>(traceparent: string | undefined, body: () => T): T {
  return sink ? contexts.run(traceparent, body) : body()
}

/** Opens a span, which its caller ends. */
export function openSpan(name: string, { kind = 'internal', parent, attributes = {} }: SpanOptions = {}): Span {
  const cause = parent === undefined ? currentTraceparent() : parent
  const target = sink
  if (!target) return passing(cause === 'new' ? undefined : cause)
  const context = cause === null || cause === 'new' ? undefined : parseTraceparent(cause)
  if (cause !== 'new' && !context?.isSampled) return passing(context && cause)
  return recording(target, name, kind, context, attributes)
}

/** Runs `body` in a span, which ends with it. */
export async function span<T>(name: string, options: SpanOptions, body: (opened: Span) => Promise<T>): Promise<T> {
  const opened = openSpan(name, options)
  if (!sink) return body(opened)
  return contexts.run(opened.traceparent, async () => {
    try {
      const value = await body(opened)
      opened.end()
      return value
    } catch (error) {
      opened.end(errorTypeOf(error))
      throw error
    }
  })
}

/** Runs `body`, which does the work of many at once, in a span for each of them. It is told their traceparents. */
export async function spanEach<Item, T>(
  items: readonly Item[],
  open: (item: Item) => Span,
  body: (traceparents: readonly (string | undefined)[]) => Promise<T>,
): Promise<T> {
  const spans = items.map(open)
  try {
    const value = await contexts.run(undefined, () => body(spans.map(({ traceparent }) => traceparent)))
    for (const each of spans) each.end()
    return value
  } catch (error) {
    for (const each of spans) each.end(errorTypeOf(error))
    throw error
  }
}

function passing(cause: string | null | undefined): Span {
  return { traceparent: cause ?? undefined, set: () => undefined, end: () => undefined }
}

function recording(
  { clock, take }: SpanSink,
  name: string,
  kind: SpanKind,
  parent: { readonly traceId: string; readonly spanId: string } | undefined,
  given: Attributes,
): Span {
  const traceId = parent?.traceId ?? clock.newId().replaceAll('-', '')
  const spanId = clock.newId().replaceAll('-', '').slice(-SPAN_ID_DIGITS)
  const startedAtMs = clock.now().getTime()
  const startedMs = clock.monotonicMs()
  let attributes = given
  let isOver = false
  return {
    traceparent: formatTraceparent({ traceId, spanId, isSampled: true }),
    set(more) {
      attributes = { ...attributes, ...more }
    },
    end(errorType) {
      if (isOver) return
      isOver = true
      const durationMs = clock.monotonicMs() - startedMs
      take({
        traceId,
        spanId,
        parentSpanId: parent?.spanId,
        name,
        kind,
        startedAtMs,
        durationMs,
        attributes,
        errorType,
      })
    },
  }
}

function errorTypeOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
