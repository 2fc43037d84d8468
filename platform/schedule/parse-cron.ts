import { readDates, readWeekdays } from './cron-day-fields.ts'
import { readField } from './cron-field.ts'
import { UNITS, type Word } from './cron-item.ts'
import { checkFieldCount } from './field-count.ts'
import type { CronSchedule, ScheduleContext } from './schedule.ts'

const SECOND_ZERO: Word = { text: '0', position: 0 }

/**
 * Reads 5 cron fields, or 6 with the seconds first.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function parseCron(text: string, words: readonly Word[], context: ScheduleContext): CronSchedule {
  checkFieldCount(text, words, context)
  const fields = words.length === 5 ? [SECOND_ZERO, ...words] : words
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = fields as [Word, Word, Word, Word, Word, Word]
  const { seed } = context
  const seconds = readField(text, second, UNITS.second, seed)
  const minutes = readField(text, minute, UNITS.minute, seed)
  const hours = readField(text, hour, UNITS.hour, seed)
  const dates = readDates(text, dayOfMonth, seed)
  const months = readField(text, month, UNITS.month, seed)
  const weekdays = readWeekdays(text, dayOfWeek, seed)
  return {
    kind: 'cron',
    isIntervalLike: minute.text.startsWith('*') || hour.text.startsWith('*'),
    seconds,
    minutes,
    hours,
    months,
    days: { match: startsFree(dayOfMonth) || startsFree(dayOfWeek) ? 'both' : 'either', ...dates, ...weekdays },
  }
}

/** Vixie marks a day field as unrestricted by its first character alone, so a field that starts with a step of `*` is too. */
function startsFree({ text }: Word): boolean {
  return text.startsWith('*') || text.startsWith('?')
}
