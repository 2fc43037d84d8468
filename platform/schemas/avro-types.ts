import avro, { type Type } from 'avsc'
import { SchemaMismatchError } from './errors.ts'

/** Avro's `timestamp-millis` as a Date. */
class TimestampType extends avro.types.LogicalType {
  protected override _fromValue(ms: number): Date {
    return new Date(ms)
  }

  protected override _toValue(value: unknown): number | undefined {
    const ms = value instanceof Date ? value.getTime() : Number.NaN
    return Number.isNaN(ms) ? undefined : ms
  }

  protected override _resolve(writer: Type): ((value: Date | number) => Date) | undefined {
    if (writer.typeName !== 'long' && writer.typeName !== 'logical:timestamp-millis') return undefined
    return (value) => (typeof value === 'number' ? new Date(value) : value)
  }
}

interface Tap {
  readonly buf: Buffer
  pos: number
  readLong(): number
}

interface ItemReader {
  _read(tap: Tap): unknown
}

/**
 * Arrays whose count is checked before room is made for them. avsc believes the count, so that ten bytes from a foreign
 * producer would ask for memory without end. Each item takes at least a byte: there are no items of type null.
 */
class BoundedArrayType extends avro.types.ArrayType {
  _read(tap: Tap): unknown[] {
    return readItems(tap, this.itemsType as unknown as ItemReader)
  }

  _skip(tap: Tap): void {
    readItems(tap, this.itemsType as unknown as ItemReader)
  }

  _update(resolver: { _read?: (tap: Tap) => unknown[] }, writer: Type, options: object): void {
    if (writer.typeName !== 'array') return
    const writerItems = (writer as avro.types.ArrayType).itemsType
    const items = this.itemsType.createResolver(writerItems, options) as unknown as ItemReader
    resolver._read = (tap) => readItems(tap, items)
  }
}

/**
 * Parses a schema.
 *
 * @throws {Error} when it is not Avro
 */
export function parseType(schema: string): Type {
  return avro.Type.forSchema(JSON.parse(schema), {
    logicalTypes: { 'timestamp-millis': TimestampType as never },
    omitRecordMethods: true,
    wrapUnions: 'never',
    typeHook: (node, options) =>
      (node as { type?: unknown }).type === 'array' ? new BoundedArrayType(node, options) : undefined,
  })
}

/** Says which field of a value does not fit, and how; never what it holds. */
export function mismatch(type: Type, value: unknown, cause: unknown): SchemaMismatchError {
  const complaints: { path: string; text: string }[] = []
  type.isValid(value, {
    errorHook: (at, found, expected) =>
      complaints.push({ path: at.join('.'), text: `expected ${expectation(expected)}, got ${kindOf(found)}` }),
  })
  // The first one is told: the others often follow from it.
  const { path, text } = complaints[0] ?? { path: '', text: (cause as Error).message }
  return new SchemaMismatchError(path, `${type.name}${path && `.${path}`}: ${text}`, { cause })
}

function expectation(type: Type): string {
  if (type.typeName === 'logical:timestamp-millis') return 'a valid Date'
  if (type.typeName === 'enum') return `one of ${(type as avro.types.EnumType).symbols.join(', ')}`
  if (type.typeName.startsWith('union')) {
    return (type as avro.types.UnwrappedUnionType).types.map(expectation).join(' or ')
  }
  return type.name ?? type.typeName
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'object') return value.constructor?.name ?? 'object'
  return typeof value
}

function readItems(tap: Tap, items: ItemReader): unknown[] {
  const read: unknown[] = []
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    // A negative count is followed by the block's length in bytes.
    if (count < 0) tap.readLong()
    const left = Math.abs(count)
    if (left > tap.buf.length - tap.pos)
      throw new Error(`an array of ${left} items in ${tap.buf.length - tap.pos} bytes`)
    for (let index = 0; index < left; index++) read.push(items._read(tap))
  }
  return read
}
