import { matchingDays } from './cron-days.ts'
import { UNITS, type Unit } from './cron-item.ts'
import { cronWord } from './cron-words.ts'
import type { CronSchedule } from './schedule.ts'
import type { ScheduleWarning } from './schedule-warning.ts'

const STEPPED: readonly (readonly [Unit, string])[] = [
  [UNITS.second, 'minute'],
  [UNITS.minute, 'hour'],
  [UNITS.hour, 'day'],
]
// Any ordinary year: its February is the shortest.
const YEAR = 2027
const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** What is likely to surprise in a cron expression. */
export function cronWarnings(text: string, schedule: CronSchedule): ScheduleWarning[] {
  return [...bothDayFields(text, schedule), ...monthsLeftOut(text, schedule), ...unevenSteps(text)]
}

function bothDayFields(text: string, { days }: CronSchedule): ScheduleWarning[] {
  if (days.match === 'both') return []
  const [date, weekday] = [cronWord(text, UNITS.dayOfMonth), cronWord(text, UNITS.dayOfWeek)]
  const rule = 'it fires on every day that either of them names; with one of them "*", only the other counts'
  const message = `day of month "${date.text}" and day of week "${weekday.text}" are both restricted: ${rule}`
  return [{ code: 'BOTH_DAY_FIELDS', message, position: date.position }]
}

function monthsLeftOut(text: string, { days, months }: CronSchedule): ScheduleWarning[] {
  // A fifth Monday is meant to be rare; a 31st is often meant to be the last day.
  const isByDate = days.match === 'both' && days.nthWeekdays.length === 0 && days.weekdays.length === 7
  const without = isByDate ? months.filter((month) => matchingDays(days, YEAR, month) === 0) : []
  if (without.length === 0) return []
  const { text: date, position } = cronWord(text, UNITS.dayOfMonth)
  const names = without.map((month) => MONTHS[month - 1]).join(', ')
  const message = `no "${date}" in ${names} of an ordinary year: it does not fire then. The last day of a month is L`
  return [{ code: 'MONTHS_LEFT_OUT', message, position }]
}

function unevenSteps(text: string): ScheduleWarning[] {
  return STEPPED.flatMap(([unit, whole]): ScheduleWarning[] => {
    const word = cronWord(text, unit)
    const step = Number(/^\*\/(\d+)$/.exec(word.text)?.[1] ?? 1)
    const count = unit.max + 1
    const rest = count % step
    if (rest === 0) return []
    const message = `"${word.text}" starts anew each ${whole}: the last of its steps is ${Math.min(rest, count)} ${unit.name}s, not ${step}`
    return [{ code: 'UNEVEN_STEP', message, position: word.position }]
  })
}
