interface Reader<Item> {
  readonly queue: Item[]
  done: boolean
  error: unknown
  wake: () => void
}

/** What becomes of a reader whose queue is full: it is ended, or the source waits for it. */
export type WhenFull = 'end' | 'wait'

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
 * neither slows the others nor fills the memory. Where `whenFull` is `wait`, the source is not read on until there is
 * room: for a source that keeps nothing for its reader, and has only one.
 */
export class Multicast<Item> {
  readonly #readers = new Set<Reader<Item>>()
  readonly #stop = new AbortController()
  readonly #queueMax: number
  readonly #onIdle: () => void
  readonly #whenFull: WhenFull
  #hasBegun = false
  #onTaken: () => void = () => undefined

  constructor(
    open: (signal: AbortSignal) => AsyncIterable<Item>,
    queueMax: number,
    onIdle: () => void,
    whenFull: WhenFull = 'end',
  ) {
    this.#queueMax = queueMax
    this.#onIdle = onIdle
    this.#whenFull = whenFull
    // Whoever made it has this turn to read before the source opens.
    queueMicrotask(() => void this.#pump(open))
  }

  get readers(): number {
    return this.#readers.size
  }

  /** Whether an item was handed out: whoever begins to read now has missed it. */
  get hasBegun(): boolean {
    return this.#hasBegun
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
        const taken = takeFrom(reader)
        this.#onTaken()
        return taken
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
      for await (const item of open(this.#stop.signal)) {
        this.#hasBegun = true
        this.#hand(item)
        if (this.#whenFull === 'wait') await this.#room()
      }
    } catch (error) {
      failure = error
    }
    this.end(failure)
    this.#onIdle()
  }

  /** Ends when each reader can take one more, or none is left. */
  async #room(): Promise<void> {
    while ([...this.#readers].some(({ queue }) => queue.length >= this.#queueMax)) {
      await new Promise<void>((resolve) => {
        this.#onTaken = resolve
      })
    }
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
    this.#onTaken()
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
