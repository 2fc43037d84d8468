interface Reader<Item> {
  readonly queue: Item[]
  done: boolean
  error: unknown
  wake: () => void
}

/** Why a stream ended before its time; the code is for the reader. */
export class StreamEndedError extends Error {
  override readonly name = 'StreamEndedError'
  readonly code: 'SLOW_CONSUMER' | 'SUBSCRIPTION_INTERRUPTED'
  constructor(code: 'SLOW_CONSUMER' | 'SUBSCRIPTION_INTERRUPTED', message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Many readers of one source, which runs only while somebody reads.
 *
 * Each reader has a queue of at most `queueMax`. One that falls further behind is ended with SLOW_CONSUMER, so it
 * neither slows the others nor fills the memory.
 */
export class Multicast<Item> {
  readonly #readers = new Set<Reader<Item>>()
  readonly #stop = new AbortController()
  readonly #queueMax: number
  readonly #onIdle: () => void

  constructor(open: (signal: AbortSignal) => AsyncIterable<Item>, queueMax: number, onIdle: () => void) {
    this.#queueMax = queueMax
    this.#onIdle = onIdle
    // Whoever made it has this turn to read before the source opens.
    queueMicrotask(() => void this.#pump(open))
  }

  get readers(): number {
    return this.#readers.size
  }

  /** A reader from now on. Not an async generator: `return()` must also work while `next()` is pending. */
  read(): AsyncIterableIterator<Item> {
    const reader: Reader<Item> = { queue: [], done: false, error: undefined, wake: () => undefined }
    this.#readers.add(reader)
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: async () => {
        while (reader.queue.length === 0 && !reader.done) {
          await new Promise<void>((resolve) => {
            reader.wake = resolve
          })
        }
        return takeFrom(reader)
      },
      return: async () => {
        reader.queue.length = 0
        this.#end(reader, undefined)
        return { done: true, value: undefined }
      },
    }
  }

  /** Ends every reader by an error, after what it has in its queue, and with the last of them the source. */
  end(error: unknown): void {
    for (const reader of this.#readers) this.#end(reader, error)
  }

  async #pump(open: (signal: AbortSignal) => AsyncIterable<Item>): Promise<void> {
    let failure: unknown
    try {
      for await (const item of open(this.#stop.signal)) this.#hand(item)
    } catch (error) {
      failure = error
    }
    this.end(failure)
    this.#onIdle()
  }

  #hand(item: Item): void {
    for (const reader of this.#readers) {
      if (reader.queue.length >= this.#queueMax) {
        this.#end(reader, new StreamEndedError('SLOW_CONSUMER', 'The subscription was read too slowly.'))
        continue
      }
      reader.queue.push(item)
      reader.wake()
    }
  }

  #end(reader: Reader<Item>, error: unknown): void {
    if (!this.#readers.delete(reader)) return
    reader.done = true
    reader.error = error
    reader.wake()
    if (this.#readers.size > 0) return
    this.#onIdle()
    this.#stop.abort()
  }
}

function takeFrom<Item>(reader: Reader<Item>): IteratorResult<Item> {
  if (reader.queue.length > 0) return { done: false, value: reader.queue.shift() as Item }
  const { error } = reader
  reader.error = undefined
  if (error !== undefined) throw error
  return { done: true, value: undefined }
}
