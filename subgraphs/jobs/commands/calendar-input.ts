import { DomainError } from '#platform/domain'
import {
  type Blackout,
  type CalendarProblem,
  type CalendarRules,
  calendarNameProblem,
  canonicalTimeZone,
  checkCalendarRules,
  isTimeZone,
} from '#platform/schedule'

/** A calendar as somebody asks for it. */
export interface CalendarInput {
  readonly name: string
  /** That of each job when left out. */
  readonly timeZone?: string | null | undefined
  /** 0 is Sunday. Monday to Friday when left out. */
  readonly workDays?: readonly number[] | null | undefined
  readonly holidays?: readonly HolidayInput[] | null | undefined
  readonly blackouts?: readonly BlackoutInput[] | null | undefined
}

/** A day, or days, as somebody asks for them. */
export interface HolidayInput {
  readonly from: string
  /** The same day when left out. */
  readonly to?: string | null | undefined
  readonly name: string
}

/** A blackout as somebody asks for it: one of the two. */
export interface BlackoutInput {
  readonly name: string
  readonly once?: { readonly from: Date; readonly to: Date } | null | undefined
  readonly weekly?: { readonly days: readonly number[]; readonly from: string; readonly to: string } | null | undefined
}

const WORK_DAYS = [1, 2, 3, 4, 5]
const PROBLEMS_TOLD_MAX = 100
// A job's record holds five of them, and takes a mebibyte.
const RULES_BYTES_MAX = 128 * 1024

/** A name as it is kept. @throws {DomainError} BAD_USER_INPUT */
export function checkedCalendarName(name: string): string {
  const trimmed = name.trim()
  const problem = calendarNameProblem(trimmed)
  if (problem !== null) throw refusal([{ path: 'name', message: problem }])
  return trimmed
}

/** The rules that are asked for. @throws {DomainError} BAD_USER_INPUT with `errors: [{path, message, suggestion?}]`, LIMIT_EXCEEDED */
export function checkedRules({ timeZone, workDays, holidays, blackouts }: CalendarInput): CalendarRules {
  const choices = (blackouts ?? []).flatMap(({ once, weekly }, index) =>
    (once == null) === (weekly == null)
      ? [{ path: `blackouts[${index}]`, message: 'must be either once or weekly' }]
      : [],
  )
  if (choices.length > 0) throw refusal(choices)
  const rules: CalendarRules = {
    timeZone: timeZone != null && isTimeZone(timeZone) ? canonicalTimeZone(timeZone) : (timeZone ?? null),
    workDays: sorted(workDays ?? WORK_DAYS),
    holidays: (holidays ?? []).map(({ from, to, name }) => ({ from, to: to ?? from, name: name.trim() })),
    blackouts: (blackouts ?? []).map(blackoutOf),
  }
  const problems = checkCalendarRules(rules)
  if (problems.length > 0) throw refusal(problems)
  if (Buffer.byteLength(JSON.stringify(rules)) <= RULES_BYTES_MAX) return rules
  const message = `a calendar has at most ${RULES_BYTES_MAX} bytes as JSON: shorten its names`
  throw new DomainError('LIMIT_EXCEEDED', message, { limit: RULES_BYTES_MAX })
}

function blackoutOf({ name, once, weekly }: BlackoutInput): Blackout {
  if (once) return { kind: 'ONCE', fromMs: once.from.getTime(), toMs: once.to.getTime(), name: name.trim() }
  const { days, from, to } = weekly ?? { days: [], from: '', to: '' }
  return { kind: 'WEEKLY', days: sorted(days), from, to, name: name.trim() }
}

function sorted(weekdays: readonly number[]): readonly number[] {
  return [...new Set(weekdays)].sort((one, other) => one - other)
}

function refusal(problems: readonly CalendarProblem[]): DomainError {
  const [first] = problems
  const message = `${first?.path}: ${first?.message}`
  return new DomainError('BAD_USER_INPUT', message, {
    path: first?.path,
    ...(first?.suggestion !== undefined && { suggestion: first.suggestion }),
    errors: problems.slice(0, PROBLEMS_TOLD_MAX),
  })
}
