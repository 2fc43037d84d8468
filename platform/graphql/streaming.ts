import type { ServerResponse } from 'node:http'
import type { FormattedExecutionResult } from 'graphql'
import type { Clock } from '#platform/clock'

/**
 * The two ways to stream results in one HTTP answer: graphql-sse "distinct connections" (graphql-sse, PROTOCOL.md)
 * and Apollo's multipart subscriptions ("Multipart protocol for GraphQL Subscriptions", subscriptionSpec 1.0).
 */
export type Framing = 'sse' | 'multipart'

/** Streams need a clock for their heartbeat. */
export interface StreamOptions {
  readonly clock: Clock
  /** So often something is sent when nothing happens, below the idle limits of proxies and of undici (300 s). */
  readonly heartbeatMs: number
}

/** The framing that an `accept` header asks for; undefined when it wants one plain answer. */
export function streamFraming(accept = ''): Framing | undefined {
  if (accept.includes('text/event-stream')) return 'sse'
  return /multipart\/mixed[^,]*subscriptionSpec/i.test(accept) ? 'multipart' : undefined
}

/**
 * Writes results until the source ends or the client goes, and always closes the source.
 *
 * Waits for `drain`, so that a slow client slows its source and not the memory.
 */
export async function writeStream(
  response: ServerResponse,
  framing: Framing,
  source: AsyncIterableIterator<FormattedExecutionResult>,
  options: StreamOptions,
): Promise<void> {
  const frame = FRAMES[framing]
  response.writeHead(200, { 'content-type': frame.type, 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  response.flushHeaders()
  if (frame.start) response.write(frame.start)
  const closed = new AbortController()
  response.once('close', () => {
    closed.abort()
    void source.return?.()
  })
  void beat(response, frame.beat, options, closed.signal)
  try {
    for await (const result of source) {
      if (response.destroyed) break
      if (!response.write(frame.next(result))) await drained(response)
    }
  } finally {
    closed.abort()
    if (!response.destroyed) response.end(frame.end)
  }
}

const FRAMES = {
  sse: {
    type: 'text/event-stream; charset=utf-8',
    start: '',
    next: (result: FormattedExecutionResult) => `event: next\ndata: ${JSON.stringify(result)}\n\n`,
    beat: ':\n\n',
    end: 'event: complete\ndata:\n\n',
  },
  multipart: {
    type: 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
    start: '\r\n--graphql',
    next: (result: FormattedExecutionResult) => part(JSON.stringify({ payload: result })),
    beat: part('{}'),
    end: '--\r\n',
  },
}

/** A part counts only once the next boundary has been read, so the boundary follows each part and precedes none. */
function part(json: string): string {
  return `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`
}

async function beat(
  response: ServerResponse,
  text: string,
  { clock, heartbeatMs }: StreamOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(heartbeatMs, signal)
    if (!signal.aborted && !response.writableNeedDrain) response.write(text)
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
    if (response.destroyed) done()
  })
}
