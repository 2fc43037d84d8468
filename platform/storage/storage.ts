/** The kinds of storage. A name is kept with what lies there, so it never changes. */
export type StorageName = 'database' | 'files' | 's3'

/** Holds objects. One that was put never changes: its key is made of its content, so that putting it again is harmless. */
export interface ObjectStorage {
  readonly name: StorageName
  /** The largest object that it takes. */
  readonly bytesMax: number
  /**
   * Resolves once the object is durable.
   *
   * @param key `<folder>/<name>`, of letters, digits, `_` and `-`
   * @throws {ObjectTooLargeError} when it is larger than `bytesMax`
   */
  put(key: string, content: Uint8Array): Promise<void>
  /**
   * At most `length` bytes from a place on; fewer, or none, at the end.
   *
   * @throws {ObjectMissingError} when there is no such object
   */
  read(key: string, from: number, length: number): Promise<Uint8Array>
  /** The next keys after one, in order of their characters; '' begins. */
  list(afterKey: string, limit: number): Promise<readonly string[]>
  /** Removes objects; those that are not there count as removed. */
  remove(keys: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** No object has this key. */
export class ObjectMissingError extends Error {
  override readonly name = 'ObjectMissingError'
}

/** The object is larger than its storage takes. */
export class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError'
}

/** Longer keys do not fit into the names of every file system. */
const KEY = /^[\w-]{8,100}\/[\w-]{1,100}$/

/** @throws {RangeError} when a key is none: a bug, since keys are ours */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new RangeError(`${JSON.stringify(key.slice(0, 300))} is no key of an object`)
}

/** @throws {ObjectTooLargeError} */
export function checkSize(content: Uint8Array, { name, bytesMax }: Pick<ObjectStorage, 'name' | 'bytesMax'>): void {
  if (content.length <= bytesMax) return
  throw new ObjectTooLargeError(
    `${content.length} bytes are more than the ${bytesMax} that an object in ${name} may have`,
  )
}
