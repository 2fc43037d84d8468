import type { Word } from './cron-item.ts'
import { invalidSchedule } from './invalid-schedule.ts'
import type { ScheduleContext } from './schedule.ts'
import { localMs } from './wall-time.ts'

const FIELDS = 'a cron expression has 5 fields (minute hour day-of-month month day-of-week), or 6 with seconds first'
const YEAR = /^(?:19|2\d)\d\d(?:[-,/]\d{1,4})*$/

/**
 * Refuses what has not 5 or 6 fields, and 6 of which the last was meant as a year, as it is elsewhere.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function checkFieldCount(text: string, words: readonly Word[], { timeZone }: ScheduleContext): void {
  const last = words.at(-1)
  const isYear = last !== undefined && words.length >= 6 && YEAR.test(last.text)
  // Only the day fields take `?`: in the fifth of six, they stand where those of five fields and a year do.
  const isShifted = words.length === 6 && words[4]?.text === '?'
  if (words.length === 5 || (words.length === 6 && !isYear && !isShifted)) return

  const surplus = words[6]
  if (words.length < 5) {
    const suggestion = words.length === 4 ? `${text.trim()} *` : undefined
    throw invalidSchedule(`${FIELDS}: found ${words.length}`, text.length, suggestion)
  }
  if (words.length > 7 || !last) {
    throw invalidSchedule(`${FIELDS}, and no year: found ${words.length}`, surplus?.position ?? 0)
  }
  const date = isYear ? singleDate(words) : null
  const suggestion = date === null ? text.slice(0, last.position).trimEnd() : `@at ${date}${timeZone ? '' : 'Z'}`
  const problem = isYear ? `"${last.text}" looks like a year, and there is no field for one` : 'and none for the year'
  throw invalidSchedule(`${FIELDS}; ${problem}. A start and an end may be given beside it`, last.position, suggestion)
}

/** The local time that fields name which all hold one number, the last one the year; null when they name several. */
function singleDate(words: readonly Word[]): string | null {
  const fields = words.map((word) => word.text)
  const [second, minute, hour, day, month, weekday = '', year = ''] = fields.length === 6 ? ['0', ...fields] : fields
  const numbers = [hour, minute, second, month, day]
  if (!/^[*?]$/.test(weekday) || !/^\d{4}$/.test(year) || !numbers.every((each) => /^\d{1,2}$/.test(each ?? ''))) {
    return null
  }
  const two = (value: string | undefined): string => (value ?? '').padStart(2, '0')
  const time = `${two(hour)}:${two(minute)}${second === '0' ? '' : `:${two(second)}`}`
  const date = `${year}-${two(month)}-${two(day)}T${time}`
  return localMs(date) === null ? null : date
}
