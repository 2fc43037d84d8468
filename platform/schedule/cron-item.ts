import { CronExpressionParser } from 'cron-parser'
import { invalidSchedule } from './invalid-schedule.ts'

/** A part of the schedule's text, and the index at which it starts there. */
export interface Word {
  readonly text: string
  readonly position: number
}

/** A field of a cron expression: what it takes, and where cron-parser expects it. */
export interface Unit {
  readonly name: string
  readonly key: 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek'
  readonly min: number
  readonly max: number
  readonly names: readonly string[]
}

const MONTHS = ['', 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

/** The six fields, by name. */
export const UNITS = {
  second: { name: 'second', key: 'second', min: 0, max: 59, names: [] },
  minute: { name: 'minute', key: 'minute', min: 0, max: 59, names: [] },
  hour: { name: 'hour', key: 'hour', min: 0, max: 23, names: [] },
  dayOfMonth: { name: 'day of month', key: 'dayOfMonth', min: 1, max: 31, names: [] },
  month: { name: 'month', key: 'month', min: 1, max: 12, names: MONTHS },
  dayOfWeek: { name: 'day of week', key: 'dayOfWeek', min: 0, max: 7, names: WEEKDAYS },
} as const satisfies Record<string, Unit>

const SLOTS: readonly Unit['key'][] = ['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek']
const ITEM = /^(?:[*?]|(\d{1,2}|[a-z]{3})(?:-(\d{1,2}|[a-z]{3}))?)(?:\/(\d{1,3}))?$/i

// cron-parser builds a dated iterator around each expression, 20 µs; the items that people write are few.
const READ_MAX = 4_096
const read = new Map<string, readonly number[]>()

/**
 * The values of one item of a list: a value, a range, `*`, each with or without a step.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function readItem(text: string, item: Word, unit: Unit): readonly number[] {
  const [found, from, to, step] = ITEM.exec(item.text) ?? []
  if (found === undefined || (item.text.startsWith('?') && !unit.key.startsWith('day')))
    throw wrongItem(item, unit, text)
  const [low, high] = [numberOf(from, unit), numberOf(to, unit)]
  const inside = [low, high].every((value) => value === undefined || (value >= unit.min && value <= unit.max))
  if (!inside) throw wrongItem(item, unit, text)
  if (step !== undefined && Number(step) === 0) throw invalidSchedule('a step is at least 1', item.position)
  if (low !== undefined && high !== undefined && low > high) throw backwards(text, item, unit)
  return expand(item, unit)
}

/** The number that a value of a field stands for, by digits or by name; -1 for a name that it has not. */
export function numberOf(value: string | undefined, unit: Unit): number | undefined {
  if (value === undefined) return undefined
  return /\d/.test(value) ? Number(value) : unit.names.indexOf(value.toUpperCase())
}

function expand(item: Word, unit: Unit): readonly number[] {
  const key = `${unit.key} ${item.text}`
  const known = read.get(key)
  if (known) return known
  const values = readByCronParser(item, unit)
  if (!values) throw wrongItem(item, unit)
  if (read.size >= READ_MAX) read.clear()
  read.set(key, values)
  return values
}

function readByCronParser(item: Word, unit: Unit): readonly number[] | null {
  const expression = SLOTS.map((slot) => (slot === unit.key ? item.text : '*')).join(' ')
  try {
    const { fields } = CronExpressionParser.parse(expression, { currentDate: new Date(0), tz: 'UTC' })
    return fields[unit.key].values.map((value) => (unit.key === 'dayOfWeek' ? Number(value) % 7 : Number(value)))
  } catch {
    return null
  }
}

/** The refusal of an item that its field cannot take. */
export function wrongItem(item: Word, unit: Unit, text?: string): Error {
  const names = unit.names.length > 0 ? ` or ${unit.names[unit.min]}-${unit.names.at(-1)}` : ''
  const found = item.text === '' ? 'nothing' : `"${item.text}"`
  const meant = text === undefined ? undefined : meantValue(item, unit)
  const suggestion = meant === undefined ? undefined : replaced(text ?? '', item, meant)
  return invalidSchedule(
    `the ${unit.name} takes ${unit.min}-${unit.max}${names}, found ${found}`,
    item.position,
    suggestion,
  )
}

/** A whole word (`MONDAY`, `SEPT`) is its first three letters, and 24 o'clock is 0. */
function meantValue({ text }: Word, unit: Unit): string | undefined {
  if (unit.key === 'hour' && text === '24') return '0'
  const name = /^[a-z]{4,9}$/i.test(text) ? text.slice(0, 3).toUpperCase() : ''
  return unit.names.includes(name) && name !== '' ? name : undefined
}

function replaced(text: string, item: Word, meant: string): string {
  return text.slice(0, item.position) + meant + text.slice(item.position + item.text.length)
}

/** A range over the end (`22-2`) means two things to two readers; the suggestion spells out the likelier one. */
function backwards(text: string, item: Word, unit: Unit): Error {
  const [, from = '', to = '', step] = ITEM.exec(item.text) ?? []
  const [low, high] = [numberOf(from, unit) ?? 0, numberOf(to, unit) ?? 0]
  const last = unit.key === 'dayOfWeek' ? 6 : unit.max
  const count = last - unit.min + 1
  const named = (value: number): string => (/\d/.test(from) ? String(value) : (unit.names[value] ?? ''))

  const range = (first: number, end: number): string => (first === end ? named(first) : `${named(first)}-${named(end)}`)
  const stepped = Array.from({ length: Math.ceil((high + count - low + 1) / Number(step ?? 1)) }, (_, index) =>
    named(((low - unit.min + index * Number(step ?? 1)) % count) + unit.min),
  )
  const whole = low > last ? range(unit.min, high) : `${range(low, last)},${range(unit.min, high)}`
  const meant = step === undefined ? whole : stepped.join(',')
  return invalidSchedule(`the range "${item.text}" runs backwards`, item.position, replaced(text, item, meant))
}
