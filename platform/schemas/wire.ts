import { UndecodableError } from './errors.ts'

const MAGIC = 0

/** The bytes before the body: a zero byte and the schema id, big-endian. */
export const HEAD_BYTES = 5

/** Puts the wire format's head before a body. */
export function frame(id: number, body: Uint8Array): Uint8Array {
  const wire = Buffer.allocUnsafe(HEAD_BYTES + body.length)
  wire[0] = MAGIC
  wire.writeUInt32BE(id, 1)
  wire.set(body, HEAD_BYTES)
  return wire
}

/**
 * The schema id that a record names.
 *
 * @throws {UndecodableError} when the head is not one
 */
export function schemaIdOf(wire: Buffer): number {
  if (wire[0] !== MAGIC) throw new UndecodableError('NO_MAGIC_BYTE', null, 'the record has no magic byte')
  if (wire.length < HEAD_BYTES) throw new UndecodableError('UNDECODABLE', null, 'the record ends within its head')
  return wire.readUInt32BE(1)
}

/** The same bytes, seen as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
