/** Where a stream ends: its last version, 0 when it is new, and the hash of its last event. */
export interface StreamHead {
  readonly stream: string
  readonly version: number
  readonly hash: string | null
}

/** The head of a stream that has no events. */
export function newStream(stream: string): StreamHead {
  return { stream, version: 0, hash: null }
}
