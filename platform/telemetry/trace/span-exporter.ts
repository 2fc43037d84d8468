import type { Clock } from '#platform/clock'
import { startLoop } from '#platform/lifecycle'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { otlpRequest, type TracedProcess } from './otlp.ts'
import type { EndedSpan } from './span.ts'

/** Where spans go, and who sends them. */
export interface SpanExporterOptions extends TracedProcess {
  /** The collector, without `/v1/traces`. */
  readonly endpoint: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Two threads of one process tell their figures together, so their names must differ. */
  readonly counterName?: string
}

/** Carries spans to a collector. */
export interface SpanExporter {
  /** Never waits and never fails: what does not fit in the queue is dropped and counted. */
  take(span: EndedSpan): void
  /** Sends what waits, for at most 2 s. */
  stop(): Promise<void>
}

const QUEUE_SPANS_MAX = 8_192
const BATCH_SPANS_MAX = 512
const FLUSH_MS = 500
const REQUEST_MS_MAX = 5_000
const STOP_MS_MAX = 2_000

/**
 * Sends spans by OTLP/HTTP, in the background and in batches.
 *
 * A collector that does not take them costs nobody anything: the batch is dropped and counted, and the log says so once,
 * until one is taken again.
 */
export function openSpanExporter(options: SpanExporterOptions): SpanExporter {
  const { endpoint, clock, log, metrics, counterName = 'carillon_spans_total' } = options
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const spansTotal = metrics.counter(counterName, 'Spans, by what became of them.', ['outcome'])
  const givenUp = new AbortController()
  let queue: EndedSpan[] = []
  let isFailing = false

  async function sendBatch(): Promise<boolean> {
    if (queue.length === 0) return false
    const batch = queue.slice(0, BATCH_SPANS_MAX)
    queue = queue.slice(BATCH_SPANS_MAX)
    try {
      await post(url, otlpRequest(options, batch), givenUp.signal)
    } catch (error) {
      spansTotal.inc({ outcome: 'dropped' }, batch.length)
      throw error
    }
    spansTotal.inc({ outcome: 'exported' }, batch.length)
    if (isFailing) log.info('traces.exported_again')
    isFailing = false
    return queue.length > 0
  }

  function onError(error: unknown): void {
    if (!isFailing) log.warn('traces.not_exported', { collector: new URL(endpoint).host, err: error })
    isFailing = true
  }

  const loop = startLoop({ clock, pollMs: FLUSH_MS, runOnce: sendBatch, onError })
  async function stop(): Promise<void> {
    const sent = new AbortController()
    const limit = clock.sleep(STOP_MS_MAX, sent.signal).then(() => givenUp.abort())
    await loop.stop()
    while (queue.length > 0 && !givenUp.signal.aborted && !isFailing) await sendBatch().catch(onError)
    spansTotal.inc({ outcome: 'dropped' }, queue.length)
    sent.abort()
    await limit
  }
  let stopping: Promise<void> | undefined
  return {
    take(span) {
      if (queue.length >= QUEUE_SPANS_MAX) {
        spansTotal.inc({ outcome: 'dropped' })
        return
      }
      queue.push(span)
      // While nothing is taken the loop keeps its pauses.
      if (queue.length === BATCH_SPANS_MAX && !isFailing) loop.wake()
    },
    stop() {
      stopping ??= stop()
      return stopping
    },
  }
}

/** @throws {Error} when the collector does not say in time that it took them */
async function post(url: string, body: string, givenUp: AbortSignal): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    redirect: 'error',
    signal: AbortSignal.any([AbortSignal.timeout(REQUEST_MS_MAX), givenUp]),
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the collector answered ${answer.status}`)
}
