import type { FormattedExecutionResult } from 'graphql'
import type { ResultStream } from './subgraph.ts'

/** How events become results. */
export interface EventHandling {
  perform(event: unknown): Promise<FormattedExecutionResult>
  failure(error: unknown): FormattedExecutionResult
}

/**
 * A result for each event of the source, in order, until the source ends or `signal` aborts.
 *
 * An error of the source or of the context is the last result: the caller learns why the stream ended. It is no async
 * generator, because the `return()` of one waits for a pending `next()`, and an idle source would never be let go.
 */
export function eventStream(
  source: AsyncIterator<unknown>,
  signal: AbortSignal,
  { perform, failure }: EventHandling,
): ResultStream {
  let ended = false
  let release: (() => void) | undefined

  const end = (): void => {
    if (ended) return
    ended = true
    signal.removeEventListener('abort', end)
    release?.()
    // A source that fails while it is let go has nobody left to tell.
    void Promise.resolve(source.return?.()).catch(() => undefined)
  }
  const result = async (): Promise<FormattedExecutionResult | undefined> => {
    try {
      const event = await source.next()
      if (!event.done) return await perform(event.value)
    } catch (error) {
      if (ended) return undefined
      // The reader who waits gets the failure, and not the end that `release` has for it.
      release = undefined
      end()
      return failure(error)
    }
    end()
    return undefined
  }

  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (ended) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve) => {
        release = () => resolve({ done: true, value: undefined })
        void result().then((value) => resolve(value ? { done: false, value } : { done: true, value: undefined }))
      })
    },
    return() {
      end()
      return Promise.resolve({ done: true, value: undefined })
    },
  }
}
