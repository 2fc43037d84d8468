import type { Dispatcher } from 'undici'
import type { Clock } from '#platform/clock'
import { exchange, type HttpAnswer, type HttpRequest } from './exchange.ts'
import { OutboundError, outboundError } from './outbound-error.ts'

/** How a request is sent. */
export interface SendOptions<Result> {
  /** Trusted to guard its connections: one of `openClient`. */
  readonly client: Dispatcher
  readonly clock: Clock
  /** For the whole exchange, redirects and body included. */
  readonly timeLimitMs: number
  /** Ends it from outside. */
  readonly signal?: AbortSignal
  /** A status that is an answer, even when it is a redirect. */
  isAnswer(status: number): boolean
  /** Takes the answer's body, under the same time limit. */
  read(answer: HttpAnswer): Promise<Result>
}

/**
 * Sends a request, follows redirects and reads the answer, all within one time limit.
 *
 * @throws {OutboundError} and nothing else
 */
export async function send<Result>(request: HttpRequest, options: SendOptions<Result>): Promise<Result> {
  const { client, clock, timeLimitMs, signal, isAnswer, read } = options
  const over = new AbortController()
  // Apart from `over`: aborting a request that has ended costs the connection, which is to be kept alive.
  const abandoned = new AbortController()
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (error: OutboundError): void => {
      if (over.signal.aborted) return
      over.abort()
      abandoned.abort(error)
      reject(error)
    }
    const abort = (): void => end(new OutboundError('HTTP_ABORTED', 'the exchange was ended from outside'))
    signal?.addEventListener('abort', abort, { signal: over.signal })
    if (signal?.aborted) abort()
    void clock
      .sleep(timeLimitMs, over.signal)
      .then(() => end(new OutboundError('HTTP_TIMED_OUT', `no complete response within ${timeLimitMs} ms`)))
  })
  // undici notices an abort only once it is connected; the race notices it at once.
  ended.catch(() => {})
  try {
    return await Promise.race([ended, exchange(request, isAnswer, client, abandoned.signal).then(read)])
  } catch (error) {
    throw outboundError(error)
  } finally {
    over.abort()
  }
}
