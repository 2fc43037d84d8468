import { numberOf, type Unit, type Word, wrongItem } from './cron-item.ts'
import { hashFraction } from './hash.ts'
import { invalidSchedule } from './invalid-schedule.ts'

const HASHED = /^H(?:\(([0-9a-z]{1,3})-([0-9a-z]{1,3})\))?(?:\/(\d{1,3}))?$/i
// Jenkins' rule: each month has 28 days, so a hashed day comes every month.
const LAST_DAY_IN_EVERY_MONTH = 28

/** Whether an item of a field is `H`, `H(0-29)`, `H/15` or `H(0-29)/10`. */
export function isHashed(item: Word): boolean {
  return /^H(?![a-z])/i.test(item.text)
}

/**
 * The values of a hashed item: one value of the field or of the range, or every so many from a hashed first one. What a
 * hash picks depends on the seed and on the field alone.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function readHashed(item: Word, unit: Unit, seed: string | undefined): readonly number[] {
  const [found, from, to, step] = HASHED.exec(item.text) ?? []
  if (found === undefined) throw wrongItem(item, unit)
  if (seed === undefined) throw invalidSchedule('H takes its place from the job, and there is none here', item.position)
  const low = numberOf(from, unit) ?? unit.min
  const high = numberOf(to, unit) ?? lastOf(unit)
  if (low < unit.min || high > unit.max) throw wrongItem(item, unit)
  if (low > high) throw invalidSchedule(`the range of "${item.text}" runs backwards`, item.position)
  if (step !== undefined && Number(step) === 0) throw invalidSchedule('a step is at least 1', item.position)

  const count = high - low + 1
  const by = Math.min(Number(step ?? count), count)
  const first = low + Math.floor(hashFraction(`${seed}\n${unit.key}`) * by)
  const values: number[] = []
  for (let value = first; value <= high; value += by) values.push(unit.key === 'dayOfWeek' ? value % 7 : value)
  return values
}

function lastOf(unit: Unit): number {
  if (unit.key === 'dayOfMonth') return LAST_DAY_IN_EVERY_MONTH
  return unit.key === 'dayOfWeek' ? 6 : unit.max
}
