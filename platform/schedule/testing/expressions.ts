import fc from 'fast-check'

// Expressions beside what they mean. They never see our parser: each field is made as its text and the times that it names,
// which are what a wall clock shows, as if it showed UTC.

/** A field of an expression: its text, and which times it means. */
export interface Field {
  readonly text: string
  readonly matches: (date: Date) => boolean
}

/** Lists, ranges and steps of numbers. */
export function numbers(min: number, max: number, of: (date: Date) => number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max })
  const step = fc.integer({ min: 1, max: 12 })
  const item = fc.oneof(
    value.map((one) => ({ text: `${one}`, values: [one] })),
    fc.tuple(value, value, step).map(([a, b, by]) => {
      const [low, high] = a < b ? [a, b] : [b, a]
      const values = Array.from({ length: high - low + 1 }, (_, index) => low + index)
      return { text: `${low}-${high}/${by}`, values: values.filter((each) => (each - low) % by === 0) }
    }),
  )
  const list = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => {
    const values = new Set(items.flatMap((each) => each.values))
    return { text: items.map((each) => each.text).join(','), matches: (date: Date) => values.has(of(date)) }
  })
  const steps = step.map((by) => ({ text: `*/${by}`, matches: (date: Date) => (of(date) - min) % by === 0 }))
  return fc.oneof(fc.constant({ text: '*', matches: () => true }), steps, list)
}

function monthLength(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}

/** The date in this date's month that a `W` means: searched outwards from the day, within the month. */
function workday(date: Date, day: number): number | null {
  if (day > monthLength(date)) return null
  for (const offset of [0, -1, 1, -2, 2]) {
    const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day + offset)).getUTCDay()
    if (day + offset >= 1 && day + offset <= monthLength(date) && weekday % 6 !== 0) return day + offset
  }
  return null
}

const specialDate: fc.Arbitrary<Field> = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map((before) => ({
    text: before === 0 ? 'L' : `L-${before}`,
    matches: (date: Date) => date.getUTCDate() === monthLength(date) - before,
  })),
  fc.integer({ min: 1, max: 31 }).map((day) => ({
    text: `${day}W`,
    matches: (date: Date) => date.getUTCDate() === workday(date, day),
  })),
  fc.constant({ text: 'LW', matches: (date: Date) => date.getUTCDate() === workday(date, monthLength(date)) }),
)

const weekday = fc.integer({ min: 0, max: 6 })
const specialWeekday: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(weekday, fc.integer({ min: 1, max: 5 })).map(([day, nth]) => ({
    text: `${day}#${nth}`,
    matches: (date: Date) => date.getUTCDay() === day && Math.ceil(date.getUTCDate() / 7) === nth,
  })),
  weekday.map((day) => ({
    text: `${day}L`,
    matches: (date: Date) => date.getUTCDay() === day && date.getUTCDate() + 7 > monthLength(date),
  })),
)

/** An expression, and the times at which it matches. */
export interface Expression {
  readonly text: string
  readonly matches: (wall: Date) => boolean
  /** Its minute or its hour starts with `*`. */
  readonly isIntervalLike: boolean
}

const any: fc.Arbitrary<Field> = fc.constant({ text: '*', matches: () => true })
const noSecond: Field = { text: '', matches: (wall) => wall.getUTCSeconds() === 0 }
/** Second fields. */
export const seconds = numbers(0, 59, (wall) => wall.getUTCSeconds())
/** Minute fields. */
export const minutes = numbers(0, 59, (wall) => wall.getUTCMinutes())
const hours = numbers(0, 23, (wall) => wall.getUTCHours())
const months = numbers(1, 12, (wall) => wall.getUTCMonth() + 1)
const dates = fc.oneof({ weight: 3, arbitrary: numbers(1, 31, (wall) => wall.getUTCDate()) }, specialDate)
const weekdays = fc.oneof({ weight: 3, arbitrary: numbers(0, 6, (wall) => wall.getUTCDay()) }, specialWeekday)

/** Any expression of five fields. */
export const expressions: fc.Arbitrary<Expression> = fc
  .tuple(fc.constant(noSecond), minutes, hours, dates, months, weekdays)
  .map(expressionOf)

/** Expressions whose hours lie about this one; most of them name every day. */
export function expressionsNear(hour: number): fc.Arbitrary<Expression> {
  return fc
    .tuple(fc.constant(noSecond), minutesOfDay, hoursNear(hour), seldom(dates), seldom(months), seldom(weekdays))
    .map(expressionOf)
}

/** The same of six fields, the seconds first. */
export function secondsNear(hour: number): fc.Arbitrary<Expression> {
  return fc.tuple(fc.oneof(seconds, any), minutesOfDay, hoursNear(hour), any, any, any).map(expressionOf)
}

const minutesOfDay = fc.oneof(
  minutes,
  fc.constantFrom('0', '30', '0,15,45', '59').map((text) => {
    const values = text.split(',').map(Number)
    return { text, matches: (wall: Date) => values.includes(wall.getUTCMinutes()) }
  }),
)

function hoursNear(hour: number): fc.Arbitrary<Field> {
  const near = fc.integer({ min: hour - 3, max: hour + 3 }).map((value) => (value + 24) % 24)
  const one = near.map((value) => ({ text: `${value}`, matches: (wall: Date) => wall.getUTCHours() === value }))
  const range = fc.tuple(near, near).map(([a, b]) => {
    const [low, high] = a < b ? [a, b] : [b, a]
    return { text: `${low}-${high}`, matches: (wall: Date) => wall.getUTCHours() >= low && wall.getUTCHours() <= high }
  })
  return fc.oneof({ weight: 3, arbitrary: one }, { weight: 2, arbitrary: range }, hours)
}

function seldom(field: fc.Arbitrary<Field>): fc.Arbitrary<Field> {
  return fc.oneof({ weight: 9, arbitrary: any }, field)
}

function expressionOf([second, minute, hour, date, month, day]: readonly [
  Field,
  Field,
  Field,
  Field,
  Field,
  Field,
]): Expression {
  const both = date.text.startsWith('*') || day.text.startsWith('*')
  return {
    text: [second, minute, hour, date, month, day]
      .map((field) => field.text)
      .join(' ')
      .trim(),
    isIntervalLike: minute.text.startsWith('*') || hour.text.startsWith('*'),
    matches: (wall) => {
      if (!second.matches(wall) || !minute.matches(wall) || !hour.matches(wall) || !month.matches(wall)) return false
      return both ? date.matches(wall) && day.matches(wall) : date.matches(wall) || day.matches(wall)
    },
  }
}
