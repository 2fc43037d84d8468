import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarVerdict } from './calendar.ts'
import type { Blackout, CalendarDays, CalendarRules, CalendarUse, Holiday } from './timing.ts'

// The oracle shares nothing with what it judges: dates of Temporal, compared one by one.

type Verdict = typeof calendarVerdict

const ZONES = ['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kolkata', 'America/Havana']
const DAYS: readonly CalendarDays[] = ['ANY_DAY', 'BUSINESS_DAYS', 'FIRST_BUSINESS_DAY', 'LAST_BUSINESS_DAY']
const NIGHT_MS = 43_200_000

function slowVerdict(uses: readonly CalendarUse[], at: Date, jobTimeZone: string): ReturnType<Verdict> {
  for (const { name, on, rules } of uses) {
    const zone = rules.timeZone ?? jobTimeZone
    const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone)
    const detail = slowDay(rules, on, local) ?? slowBlackout(rules, local)
    if (detail) return { calendar: name, detail }
  }
  return null
}

function slowDay(rules: CalendarRules, on: CalendarDays, local: Temporal.ZonedDateTime): string | null {
  const today = local.toPlainDate()
  const holiday = rules.holidays.find((each) => isOn(each, today))
  if (holiday) return `holiday: ${holiday.name}`
  if (on === 'ANY_DAY') return null
  if (on === 'BUSINESS_DAYS') return isWorked(rules, today) ? null : 'not a work day'
  const month = today.toPlainYearMonth()
  const business: Temporal.PlainDate[] = []
  for (let day = 1; day <= month.daysInMonth; day++) {
    const date = month.toPlainDate({ day })
    const existed = date.toZonedDateTime(local.timeZoneId).toPlainDate().equals(date)
    const isFree = rules.holidays.some((each) => isOn(each, date))
    if (existed && isWorked(rules, date) && !isFree) business.push(date)
  }
  const wanted = on === 'FIRST_BUSINESS_DAY' ? business[0] : business.at(-1)
  if (!wanted) return `${month} has no business day`
  const which = on === 'FIRST_BUSINESS_DAY' ? 'first' : 'last'
  return wanted.equals(today) ? null : `not the ${which} business day of ${month}: that is ${wanted}`
}

function isWorked({ workDays }: CalendarRules, date: Temporal.PlainDate): boolean {
  return workDays.includes(date.dayOfWeek % 7)
}

/** Walks the days of a holiday from its first one to its last, from each year in which it may begin. */
function isOn({ from, to }: Holiday, date: Temporal.PlainDate): boolean {
  if (from.length > 5) {
    return Temporal.PlainDate.compare(from, date) <= 0 && Temporal.PlainDate.compare(date, to) <= 0
  }
  const text = date.toString().slice(5)
  // A year of texts that starts with `from`: what comes before it comes after the year's end.
  const place = (day: string): string => (day < from ? `1${day}` : `0${day}`)
  return place(text) <= place(to)
}

function slowBlackout({ blackouts }: CalendarRules, local: Temporal.ZonedDateTime): string | null {
  const now = local.toPlainDateTime()
  const once = blackouts.find(
    (each) => each.kind === 'ONCE' && local.epochMilliseconds >= each.fromMs && local.epochMilliseconds < each.toMs,
  )
  const weekly = blackouts.find((each) => {
    if (each.kind === 'ONCE') return false
    // Begun today or yesterday: it is never longer than a day.
    return [0, 1].some((daysAgo) => {
      const date = now.toPlainDate().subtract({ days: daysAgo })
      const end = date.add({ days: each.to > each.from ? 0 : 1 }).toPlainDateTime(each.to)
      const begins = Temporal.PlainDateTime.compare(date.toPlainDateTime(each.from), now) <= 0
      return each.days.includes(date.dayOfWeek % 7) && begins && Temporal.PlainDateTime.compare(now, end) < 0
    })
  })
  const found = once ?? weekly
  return found ? `blackout: ${found.name}` : null
}

// Around two changes of clocks, a leap day, New Year, and the day that Apia never had.
const seasons = [
  ['2011-12-20', '2012-01-10'],
  ['2027-12-20', '2028-01-10'],
  ['2028-02-20', '2028-03-20'],
  ['2027-02-20', '2027-03-20'],
  ['2026-10-25', '2026-11-08'],
] as const
const season = fc.constantFrom(...seasons)
const instant = fc.oneof(
  season
    .chain(([from, to]) => fc.integer({ min: Date.parse(from) / 900_000, max: Date.parse(to) / 900_000 }))
    .map((quarter) => quarter * 900_000),
  season.chain(([from, to]) => fc.integer({ min: Date.parse(from), max: Date.parse(to) })),
)
const weekdays = fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 })
const someDate = instant.map((ms) => new Date(ms).toISOString().slice(0, 10))
const dateRange = fc.tuple(someDate, fc.integer({ min: 0, max: 9 })).map(([from, days]) => ({
  from,
  to: Temporal.PlainDate.from(from).add({ days }).toString(),
}))
const leapDay = fc.constantFrom(
  { from: '02-29', to: '02-29' },
  { from: '02-29', to: '03-02' },
  { from: '02-25', to: '02-29' },
)
const holidays = fc.array(
  fc.oneof(
    dateRange,
    dateRange.map(({ from, to }) => ({ from: from.slice(5), to: to.slice(5) })),
    leapDay,
  ),
  { maxLength: 5 },
)
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
  .map(([hour, minute]) => `${`${hour}`.padStart(2, '0')}:${`${minute}`.padStart(2, '0')}`)
const someBlackouts: fc.Arbitrary<Blackout[]> = fc.array(
  fc.oneof(
    fc
      .record({
        kind: fc.constant('ONCE' as const),
        fromMs: instant,
        lengthMs: fc.constantFrom(900_000, NIGHT_MS),
        name: fc.constant('O'),
      })
      .map(({ lengthMs, ...each }) => ({ ...each, toMs: each.fromMs + lengthMs })),
    fc.record({
      kind: fc.constant('WEEKLY' as const),
      days: weekdays,
      from: time,
      to: time,
      name: fc.constantFrom('W', 'V'),
    }),
  ),
  { maxLength: 3 },
)
const someRules: fc.Arbitrary<CalendarRules> = fc.record({
  timeZone: fc.constantFrom(null, ...ZONES),
  workDays: weekdays,
  // Dated ones are looked at first, as the calendar does: which name is told of two is not what this is about.
  holidays: holidays.map((each) => each.map((range) => ({ ...range, name: 'H' }))),
  blackouts: someBlackouts,
})
const someUses = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b'),
    version: fc.constant(1),
    on: fc.constantFrom(...DAYS),
    rules: someRules,
  }),
  { minLength: 1, maxLength: 2 },
)

/** That a verdict is the oracle's, for an instant at random and for the edges of every blackout. */
function agreesWithOracle(verdict: Verdict): fc.IProperty<[CalendarUse[], number, string]> {
  return fc.property(someUses, instant, fc.constantFrom(...ZONES), (calendars, atMs, zone) => {
    const edges = calendars.flatMap(({ rules: { blackouts: all } }) =>
      all.flatMap((each) => (each.kind === 'ONCE' ? [each.fromMs, each.toMs] : [])),
    )
    for (const each of [atMs, atMs + 3_600_000, ...edges]) {
      const at = new Date(each)
      expect(verdict(calendars, at, zone)).toEqual(slowVerdict(calendars, at, zone))
    }
  })
}

/** The calendars of a question, changed. */
function altered(change: (rules: CalendarRules) => Partial<CalendarRules>): Verdict {
  return (calendars, at, zone) =>
    calendarVerdict(
      calendars.map((each) => ({ ...each, rules: { ...each.rules, ...change(each.rules) } })),
      at,
      zone,
    )
}

const mutants: Record<string, Verdict> = {
  'takes the job’s zone always': altered(() => ({ timeZone: null })),
  'takes UTC for every job': (calendars, at) => calendarVerdict(calendars, at, 'UTC'),
  'asks the first calendar only': (calendars, at, zone) => calendarVerdict(calendars.slice(0, 1), at, zone),
  'includes the end of a blackout': altered(({ blackouts: all }) => ({
    blackouts: all.map((each) => (each.kind === 'ONCE' ? { ...each, toMs: each.toMs + 1 } : each)),
  })),
  'ends a blackout at midnight': altered(({ blackouts: all }) => ({
    blackouts: all.map((each) => (each.kind === 'WEEKLY' && each.to < each.from ? { ...each, to: '00:00' } : each)),
  })),
  'ends a yearly holiday at New Year': altered(({ holidays: all }) => ({
    holidays: all.map((each) => (each.to < each.from ? { ...each, to: '12-31' } : each)),
  })),
  'forgets the last day of a holiday': altered(({ holidays: all }) => ({
    holidays: all.filter(({ from, to }) => from !== to),
  })),
  'keeps 29 February on 1 March': altered(({ holidays: all }) => ({
    holidays: all.map((each) => (each.to === '02-29' ? { ...each, to: '03-01' } : each)),
  })),
  'works on each day': altered(() => ({ workDays: [0, 1, 2, 3, 4, 5, 6] })),
  'takes a holiday for a business day': (calendars, at, zone) =>
    calendarVerdict(
      calendars.flatMap((each) => [
        { ...each, on: 'ANY_DAY' as const },
        { ...each, rules: { ...each.rules, holidays: [] } },
      ]),
      at,
      zone,
    ),
  'takes the last day for the first': (calendars, at, zone) =>
    calendarVerdict(
      calendars.map((each) => (each.on === 'FIRST_BUSINESS_DAY' ? { ...each, on: 'LAST_BUSINESS_DAY' } : each)),
      at,
      zone,
    ),
  'is an hour ahead': (calendars, at, zone) => calendarVerdict(calendars, new Date(at.getTime() + 3_600_000), zone),
}

describe('calendarVerdict', () => {
  test('agrees with the oracle', () => {
    fc.assert(agreesWithOracle(calendarVerdict), { numRuns: 1_500 })
  })

  test.each(Object.entries(mutants))('that %s does not', (_name, mutant) => {
    // Of one seed: what is found is found each time.
    expect(fc.check(agreesWithOracle(mutant), { seed: 1, numRuns: 3_000, endOnFailure: true }).failed).toBe(true)
  })

  test('does not depend on what was asked before', () => {
    fc.assert(
      fc.property(someUses, fc.array(instant, { minLength: 2, maxLength: 5 }), (calendars, instants) => {
        const ask = (list: readonly number[]): unknown[] =>
          list.map((ms) => calendarVerdict(calendars, new Date(ms), 'America/Havana'))
        expect(ask([...instants].reverse()).reverse()).toEqual(ask(instants))
      }),
      { numRuns: 300 },
    )
  })
})
