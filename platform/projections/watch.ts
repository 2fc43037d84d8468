import type { Change, ChangeFeed } from './changes.ts'

/** What to watch. */
export interface Watch<State> {
  readonly feed: ChangeFeed
  /** Keys, or groups of keys. */
  readonly keys: readonly string[]
  /** Reads how things are now, after the subscription has begun: what is committed later comes as a change. */
  current(): Promise<readonly { readonly key: string; readonly version: number; readonly state: State }[]>
  parse(change: Change): State
}

/** A watcher that reads too slowly is ended, so that nobody else waits and memory stays bounded. */
export class SlowConsumerError extends Error {
  override readonly name = 'SlowConsumerError'
}

const QUEUE_MAX = 1_000
// A group gains keys for ever. What is forgotten first is so old that the feed cannot bring it again.
const SENT_MAX = 10_000

/**
 * The current states, then each change above the version that was sent: what a watcher is told, a query confirms.
 *
 * The iterator is plain, since the `return()` of an async generator waits for a `next()` that may never come.
 */
export async function watch<State>({
  feed,
  keys,
  current,
  parse,
}: Watch<State>): Promise<AsyncIterableIterator<State>> {
  const queue: State[] = []
  const sent = new Map<string, number>()
  let early: Change[] | undefined = []
  let wake: (() => void) | undefined
  let ended = false
  let failure: Error | undefined

  function offer(key: string, version: number, state: () => State): void {
    if (ended || version <= (sent.get(key) ?? 0)) return
    sent.delete(key)
    sent.set(key, version)
    if (sent.size > SENT_MAX) sent.delete(sent.keys().next().value ?? '')
    queue.push(state())
    if (queue.length > QUEUE_MAX) end(new SlowConsumerError(`more than ${QUEUE_MAX} changes were not read`))
    wake?.()
  }

  const unsubscribe = await feed.subscribe(keys, (change) => {
    if (early) early.push(change)
    else take(change)
  })

  /** What cannot be read ends this watcher, and no other one. */
  function take(change: Change): void {
    try {
      offer(change.key, change.version, () => parse(change))
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)))
    }
  }

  function end(error?: Error): void {
    ended = true
    failure = error
    unsubscribe()
    wake?.()
  }

  try {
    for (const { key, version, state } of await current()) offer(key, version, () => state)
  } catch (error) {
    unsubscribe()
    throw error
  }
  for (const change of early) take(change)
  early = undefined

  const iterator: AsyncIterableIterator<State> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      for (;;) {
        if (failure) throw failure
        const value = queue.shift()
        if (value !== undefined) return { done: false, value }
        if (ended) return { done: true, value: undefined }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    async return() {
      queue.length = 0
      end()
      return { done: true, value: undefined }
    },
  }
  return iterator
}
