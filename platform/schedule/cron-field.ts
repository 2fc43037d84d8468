import { readItem, type Unit, type Word } from './cron-item.ts'
import { isHashed, readHashed } from './hashed-item.ts'

// The fields that people write are few, and reading one again costs more than all that comes after.
const READ_MAX = 4_096

/** Remembers what a field means, by its text; not when a hash decides, nor when it is refused. */
export function remembered<Meaning>(
  read: (text: string, field: Word, seed: string | undefined) => Meaning,
): (text: string, field: Word, seed: string | undefined) => Meaning {
  const known = new Map<string, Meaning>()
  return (text, field, seed) => {
    const found = known.get(field.text)
    if (found !== undefined) return found
    const meaning = read(text, field, seed)
    if (itemsOf(field).some(isHashed)) return meaning
    if (known.size >= READ_MAX) known.clear()
    known.set(field.text, meaning)
    return meaning
  }
}

const readers = new Map<Unit, (text: string, field: Word, seed: string | undefined) => readonly number[]>()

/**
 * The values of a field that is a list of plain or hashed items, sorted, each once.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function readField(text: string, field: Word, unit: Unit, seed: string | undefined): readonly number[] {
  let read = readers.get(unit)
  if (!read) {
    read = remembered((...[whole, word, of]) =>
      sorted(itemsOf(word).flatMap((item) => readPlainOrHashed(whole, item, unit, of))),
    )
    readers.set(unit, read)
  }
  return read(text, field, seed)
}

/** The values of one item of a list. */
export function readPlainOrHashed(text: string, item: Word, unit: Unit, seed: string | undefined): readonly number[] {
  return isHashed(item) ? readHashed(item, unit, seed) : readItem(text, item, unit)
}

/** A field's list, each item with its place in the text. */
export function itemsOf(field: Word): readonly Word[] {
  let position = field.position
  return field.text.split(',').map((text) => {
    const item = { text, position }
    position += text.length + 1
    return item
  })
}

/** In order, each value once. */
export function sorted(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}
