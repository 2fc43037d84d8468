import type { FormattedExecutionResult } from 'graphql'
import type { Clock } from '#platform/clock'

/** The body of an answer, as undici gives it. */
export interface StreamBody extends AsyncIterable<Uint8Array> {
  destroy(error?: Error): unknown
}

/** Server-sent results, and how to let go of them. */
export interface EventSource extends AsyncIterator<FormattedExecutionResult> {
  return(): Promise<IteratorResult<FormattedExecutionResult>>
}

const SILENT_MS_MAX = 30_000
const LOOK_EVERY_MS = 5_000
const EVENT_CHARACTERS_MAX = 32 * 1024 * 1024

/**
 * The results in a body of server-sent events (graphql-sse, PROTOCOL.md). It throws when the body breaks off before
 * the event `complete`, and when nothing comes for 30 s, not even the heartbeat that is sent every 12 s.
 */
export function eventSource(body: StreamBody, clock: Pick<Clock, 'monotonicMs' | 'sleep'>): EventSource {
  const ended = new AbortController()
  let heardMs = clock.monotonicMs()
  const results = resultsIn(body, () => {
    heardMs = clock.monotonicMs()
  })
  async function watch(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, ended.signal)
      if (clock.monotonicMs() - heardMs <= SILENT_MS_MAX) continue
      body.destroy(new Error(`nothing came for ${SILENT_MS_MAX} ms`))
      return
    }
  }
  void watch()

  return {
    async next() {
      try {
        const result = await results.next()
        if (result.done) ended.abort()
        return result
      } catch (error) {
        ended.abort()
        throw error
      }
    },
    async return() {
      ended.abort()
      body.destroy()
      return { done: true, value: undefined }
    },
  }
}

async function* resultsIn(body: StreamBody, onBytes: () => void): AsyncGenerator<FormattedExecutionResult, undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    onBytes()
    let lookFrom = Math.max(0, text.length - 1)
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n', lookFrom); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end)
      text = text.slice(end + 2)
      lookFrom = 0
      if (block.startsWith('event: complete')) return
      const result = resultIn(block)
      if (result) yield result
    }
    if (text.length > EVENT_CHARACTERS_MAX) throw new Error('an event is too large')
  }
  throw new Error('the stream ended before it was complete')
}

/** Nothing for a heartbeat, which is a comment. */
function resultIn(block: string): FormattedExecutionResult | undefined {
  const data = block.split('\n').find((line) => line.startsWith('data: '))
  return data === undefined ? undefined : (JSON.parse(data.slice('data: '.length)) as FormattedExecutionResult)
}
