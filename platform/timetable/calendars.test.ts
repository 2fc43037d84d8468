import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Blackout, type CalendarUse, calendarVerdict } from '#platform/schedule'
import { spanAround } from './calendar-span.ts'
import { at, created, given, recordsOf, timed } from './decide.fixture.ts'

const use = (fields: Partial<CalendarUse['rules']>, on: CalendarUse['on'] = 'ANY_DAY'): CalendarUse => ({
  name: 'works',
  version: 1,
  on,
  rules: { timeZone: null, workDays: [1, 2, 3, 4, 5], holidays: [], blackouts: [], ...fields },
})
const once = (from: Date, to: Date): Blackout => ({
  kind: 'ONCE',
  fromMs: from.getTime(),
  toMs: to.getTime(),
  name: 'roof',
})

describe('what a calendar forbids', () => {
  const calendars = [use({ blackouts: [once(at('10:00:20'), at('10:00:40'))] })]
  const timing = timed({ calendars })

  test('is skipped when its time comes, with the reason, and the next that may fire is told', () => {
    const before = given(created({ timing })).at(at('10:00:10'))
    expect(before).toMatchObject({ records: ['FIRED 10:00:10'], nextTime: '10:00:20', nextNominal: at('10:00:40') })
    const forbidden = before.when().at(at('10:00:20'))
    expect(forbidden.skips).toMatchObject([
      { outcome: 'SKIPPED_CALENDAR', reason: 'CALENDAR', detail: 'works: blackout: roof' },
    ])
    // Nothing fires in between: there is no need to look at each.
    expect(forbidden.nextTime).toBe('10:00:40')
    const after = forbidden.when().at(at('10:00:40'))
    expect(after.records).toEqual(['CALENDAR 10:00:30', 'FIRED 10:00:40'])
    expect(after.continued).toEqual(at('10:00:20'))
  })

  test('is told a minute at a time by a job of each second, however long it lasts', () => {
    const year = {
      schedule: '@every 1s',
      timing: timed({ calendars: [use({ blackouts: [once(at('10:00:20'), at('22:00:00'))] })] }),
    }
    const first = given(created(year)).at(at('10:00:20'))
    expect(first.nextTime).toBe('10:01:20')
    const second = first.when().at(at('10:01:20'))
    expect(second).toMatchObject({ records: ['CALENDAR 10:00:21..10:01:20 x60'], nextTime: '10:02:20' })
  })

  test.each([98, 99, 100, 101, 102, 103])(
    'is looked at no longer than it lasts, after a standstill of %i spans',
    (spans) => {
      const now = new Date(at('10:05:00').getTime() + spans * 15 * 60_000)
      const over = new Date(now.getTime() + 30_000)
      const closed = timed({ calendars: [use({ blackouts: [once(at('10:00:20'), over)] })] })
      const before = given(created({ schedule: '@every 1s', timing: closed })).at(at('10:00:20'))
      // So few may fire that calendars are asked hardly more than a hundred times.
      expect(before.when().at(now, 1).next).toBeOneOf([now, over])
    },
  )

  test('comes after a pause and before catching up', () => {
    const late = given(created({ timing: timed({ calendars, catchup: 'NONE' }) })).at(at('10:00:58'))
    expect(late.records).toEqual([
      'CATCHUP_NONE 10:00:10',
      'CALENDAR 10:00:20..10:00:30 x2',
      'CATCHUP_NONE 10:00:40..10:00:50 x2',
    ])
  })

  test('leaves the last business day of a month', () => {
    const monthly = timed({
      calendars: [use({ holidays: [{ from: '2026-11-30', to: '2026-11-30', name: 'feast' }] }, 'LAST_BUSINESS_DAY')],
      catchupWindowMs: 30 * 86_400_000,
    })
    const daily = given(created({ schedule: '0 12 * * *', timing: monthly })).at(new Date('2026-12-01T00:00:00Z'))
    expect(daily.records).toEqual([
      'CALENDAR 12:00:00..2026-11-26T12:00:00 x4',
      'FIRED 2026-11-27T12:00:00 late',
      'CALENDAR 2026-11-28T12:00:00..2026-11-29T12:00:00 x2',
      'CALENDAR 2026-11-30T12:00:00',
    ])
  })

  test('does not exhaust a schedule before its end has come', () => {
    const endAtMs = at('10:00:30').getTime()
    const before = given(created({ timing: timed({ calendars, endAtMs }) })).at(at('10:00:10'))
    expect(before).toMatchObject({ nextTime: '10:00:20', nextNominal: null, exhausted: false })
    expect(before.when().at(at('10:00:20'))).toMatchObject({ nextTime: '10:01:20', exhausted: false })
    expect(before.when().at(at('10:01:20'))).toMatchObject({
      records: ['CALENDAR 10:00:20..10:00:30 x2'],
      exhausted: true,
    })
  })
})

describe('a year of seconds', () => {
  const schedule = '* * * * * *'
  const nights: Blackout = { kind: 'WEEKLY', days: [0, 1, 2, 3, 4, 5, 6], from: '22:00', to: '06:00', name: 'night' }
  const calendars = [
    use({ blackouts: [nights], holidays: [{ from: '12-25', to: '12-26', name: 'Christmas' }] }, 'BUSINESS_DAYS'),
  ]
  const later = new Date('2027-11-23T10:00:02Z')

  test.each([
    ['LAST', timed({}), 3],
    ['NONE', timed({ catchup: 'NONE' }), 1],
    ['ALL', timed({ catchup: 'ALL' }), 2],
  ])('that was missed is decided in one step by %s', (_name, timing, skips) => {
    const startedMs = performance.now()
    const decision = given(created({ schedule, timing })).at(later)
    expect(decision.skips.length).toBeLessThanOrEqual(skips)
    const count = decision.fires.length + decision.skips.reduce((sum, skip) => sum + skip.count, 0)
    expect(count).toBe(365 * 86_400 + 2)
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })

  test('is decided step by step where there are calendars, each step short, and nothing is lost', () => {
    let look = given(created({ schedule, timing: timed({ calendars, timeZone: 'Europe/Berlin' }) })).at(later, 100)
    let [steps, count] = [1, 0]
    for (;;) {
      expect(look.skips.length).toBeLessThanOrEqual(500)
      count += look.fires.length + look.skips.reduce((sum, skip) => sum + skip.count, 0)
      if (!look.timetable.backlogAsOf) break
      const startedMs = performance.now()
      look = look.when().at(later, 100)
      expect(performance.now() - startedMs).toBeLessThan(2_000)
      steps += 1
    }
    expect(count).toBe(365 * 86_400 + 2)
    expect(steps).toBeLessThan(2_000)
  })

  test('of a pause is one range', () => {
    const job = { schedule, timing: timed({ calendars }) }
    const paused = created({ ...job, state: 'PAUSED' })
    const resumed = { ...created(job), version: 2, changedAt: later, scheduledSince: later }
    const decision = given(paused).at(at('10:00:01')).when(resumed).at(later)
    expect(recordsOf(decision)).toEqual([`PAUSED 10:00:01..2027-11-23T10:00:02 x${365 * 86_400 + 2}`])
  })
})

describe('the span around an instant', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Santiago', 'Pacific/Chatham']
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => [hour, minute].map((part) => String(part).padStart(2, '0')).join(':'))
  const instant = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) })
  const weekly = fc.record({
    kind: fc.constant('WEEKLY' as const),
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
    from: time,
    to: time,
    name: fc.constant('night'),
  })

  test('is one in which calendars say the same', () => {
    const property = fc.property(
      fc.array(weekly, { maxLength: 3 }),
      fc.array(fc.tuple(instant, fc.integer({ min: 1, max: 10_000_000 })), { maxLength: 3 }),
      fc.constantFrom(...zones),
      fc.constantFrom<CalendarUse['on']>('ANY_DAY', 'BUSINESS_DAYS', 'FIRST_BUSINESS_DAY', 'LAST_BUSINESS_DAY'),
      instant,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (blackouts, singles, zone, on, asked, where) => {
        const holidays = [{ from: '2026-05-01', to: '2026-05-03', name: 'feast' }]
        const onces = singles.map(([fromMs, lengthMs]) => once(new Date(fromMs), new Date(fromMs + lengthMs)))
        const uses = [use({ blackouts: [...blackouts, ...onces], holidays }, on)]
        const { from, through } = spanAround(uses, new Date(asked), zone)
        expect(from.getTime() <= asked && asked <= through.getTime()).toBe(true)
        const verdict = calendarVerdict(uses, new Date(asked), zone)
        const inside = new Date(from.getTime() + Math.round(where * (through.getTime() - from.getTime())))
        for (const other of [from, inside, through]) expect(calendarVerdict(uses, other, zone)).toEqual(verdict)
      },
    )
    fc.assert(property, { numRuns: 3_000 })
  })

  test.each([
    // Clocks were put forward from 00:01 to 03:01: what holds at midnight of that Sunday holds for a minute.
    ['Antarctica/Casey', '2022-10-01T16:01:00Z'],
    // Back from 00:01 to 23:01, into the day before.
    ['America/St_Johns', '2010-11-07T02:31:00Z'],
  ])('ends where the clocks of %s changed, at a minute of their own', (zone, changed) => {
    const night = { kind: 'WEEKLY' as const, days: [0], from: '00:00', to: '01:00', name: 'night' }
    const feast = { from: '2010-11-07', to: '2010-11-07', name: 'feast' }
    const changeMs = new Date(changed).getTime()
    for (const uses of [[use({ blackouts: [night] })], [use({ holidays: [feast] })]]) {
      for (let ms = changeMs - 30 * 60_000; ms < changeMs + 30 * 60_000; ms += 60_000) {
        const { from, through } = spanAround(uses, new Date(ms), zone)
        const verdict = calendarVerdict(uses, new Date(ms), zone)
        for (const other of [from, through]) expect(calendarVerdict(uses, other, zone)).toEqual(verdict)
      }
    }
  })
})
