import { isTimeZone, suggestedTimeZone } from './time-zone.ts'
import type { Blackout, CalendarRules, Holiday } from './timing.ts'

/** An entry of a calendar that cannot hold. */
export interface CalendarProblem {
  /** Such as `holidays[3].from`. */
  readonly path: string
  readonly message: string
  /** What was probably meant. */
  readonly suggestion?: string
}

const HOLIDAYS_MAX = 1_000
const BLACKOUTS_MAX = 200
// Of a calendar, a holiday and a blackout alike.
const NAME_LENGTH_MAX = 100

const DATED = /^\d{4}-\d\d-\d\d$/
const YEARLY = /^\d\d-\d\d$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
// A leap year, so that 29 February is a day of each year's list.
const ANY_YEAR = '2000'
// What Date and Temporal both understand, with a day to spare.
const INSTANT_MS_MAX = 8.64e15 - 86_400_000

/** Everything that is wrong with a calendar's rules; nothing when they are good. */
export function checkCalendarRules(rules: CalendarRules): readonly CalendarProblem[] {
  const { timeZone, workDays, holidays, blackouts } = rules
  return [
    ...(timeZone === null || isTimeZone(timeZone) ? [] : [zoneProblem(timeZone)]),
    ...weekdayProblems('workDays', workDays),
    ...listProblems('holidays', holidays, HOLIDAYS_MAX, holidayProblems),
    ...listProblems('blackouts', blackouts, BLACKOUTS_MAX, blackoutProblems),
  ]
}

/** What is wrong with the name of a calendar, a holiday or a blackout; null when it is good. */
export function calendarNameProblem(name: string): string | null {
  if (name.trim() === '') return 'must not be empty'
  if (!name.isWellFormed() || /\p{Cc}/u.test(name)) return 'must not have control characters'
  if (name.length > NAME_LENGTH_MAX) return `has at most ${NAME_LENGTH_MAX} characters`
  return null
}

function zoneProblem(timeZone: string): CalendarProblem {
  const problem = { path: 'timeZone', message: `there is no zone ${timeZone}` }
  const suggestion = suggestedTimeZone(timeZone)
  if (suggestion === undefined) return problem
  return { ...problem, message: `${problem.message}; did you mean ${suggestion}?`, suggestion }
}

function listProblems<Entry>(
  path: string,
  entries: readonly Entry[],
  countMax: number,
  problemsOf: (path: string, entry: Entry) => readonly CalendarProblem[],
): readonly CalendarProblem[] {
  if (entries.length > countMax) return [{ path, message: `has ${entries.length} entries, and may have ${countMax}` }]
  return entries.flatMap((entry, index) => problemsOf(`${path}[${index}]`, entry))
}

function holidayProblems(path: string, { from, to, name }: Holiday): readonly CalendarProblem[] {
  const problems = [
    ...nameProblems(path, name),
    ...dateProblems(`${path}.from`, from),
    // A holiday of one day was written once.
    ...(to === from ? [] : dateProblems(`${path}.to`, to)),
  ]
  if (problems.length > 0) return problems
  if (from.length !== to.length) {
    return [{ path: `${path}.to`, message: `must be written as ${from} is, with the year or without it` }]
  }
  // Without a year it goes over New Year instead.
  if (DATED.test(from) && to < from) return [{ path: `${path}.to`, message: `lies before ${from}` }]
  return []
}

function dateProblems(path: string, date: string): readonly CalendarProblem[] {
  if (!DATED.test(date) && !YEARLY.test(date)) {
    return [{ path, message: 'must be a day such as 2026-12-25, or 12-25 for each year' }]
  }
  const whole = DATED.test(date) ? date : `${ANY_YEAR}-${date}`
  const parsed = new Date(`${whole}T00:00:00Z`)
  // `Date` takes 30 February for 2 March; the day must come back as it went in.
  const exists = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(whole)
  return exists ? [] : [{ path, message: `there is no ${date}` }]
}

function blackoutProblems(path: string, blackout: Blackout): readonly CalendarProblem[] {
  const problems = nameProblems(path, blackout.name)
  return blackout.kind === 'ONCE'
    ? [...problems, ...onceProblems(path, blackout)]
    : [...problems, ...weeklyProblems(path, blackout)]
}

function onceProblems(path: string, { fromMs, toMs }: Extract<Blackout, { kind: 'ONCE' }>): readonly CalendarProblem[] {
  const isInstant = (ms: number): boolean => Number.isInteger(ms) && Math.abs(ms) <= INSTANT_MS_MAX
  if (!isInstant(fromMs)) return [{ path: `${path}.from`, message: 'must be an instant' }]
  if (!isInstant(toMs)) return [{ path: `${path}.to`, message: 'must be an instant' }]
  return toMs > fromMs ? [] : [{ path: `${path}.to`, message: 'must be later than from: the blackout has no length' }]
}

function weeklyProblems(
  path: string,
  { days, from, to }: Extract<Blackout, { kind: 'WEEKLY' }>,
): readonly CalendarProblem[] {
  const times = [
    { path: `${path}.from`, time: from },
    { path: `${path}.to`, time: to },
  ].filter(({ time }) => !TIME.test(time))
  return [
    ...weekdayProblems(`${path}.days`, days),
    ...times.map(({ path: at }) => ({ path: at, message: 'must be a time of day from 00:00 to 23:59' })),
  ]
}

function weekdayProblems(path: string, weekdays: readonly number[]): readonly CalendarProblem[] {
  if (weekdays.length === 0) return [{ path, message: 'must name a day at least' }]
  return weekdays.every((day) => Number.isInteger(day) && day >= 0 && day <= 6)
    ? []
    : [{ path, message: 'must be days of the week, from 0 (Sunday) to 6' }]
}

function nameProblems(path: string, name: string): readonly CalendarProblem[] {
  const message = calendarNameProblem(name)
  return message === null ? [] : [{ path: `${path}.name`, message }]
}
