import { CronExpressionParser } from 'cron-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextAfter } from './next-after.ts'
import { parseSchedule } from './parse-schedule.ts'
import type { CronSchedule, Timetable } from './schedule.ts'
import { type Expression, expressions, minutes, seconds } from './testing/expressions.ts'

const DAY_MS = 86_400_000
const EPOCH = new Date(0)
const WINDOW_DAYS = 70
const instants = fc.date({ min: new Date('1999-01-01'), max: new Date('2105-01-01'), noInvalidDate: true })
const weekday = fc.integer({ min: 0, max: 6 })

/** Walks every step of the window and looks; null when nothing in it matches. */
function slowNext(matches: (date: Date) => boolean, after: Date, stepMs: number, windowMs: number): Date | null {
  const date = new Date((Math.floor(after.getTime() / stepMs) + 1) * stepMs)
  const endMs = after.getTime() + windowMs
  for (; date.getTime() <= endMs; date.setTime(date.getTime() + stepMs)) if (matches(date)) return date
  return null
}

type Next = typeof nextAfter

/** That `next` finds what a walk over every minute of ten weeks finds, and nothing earlier when that finds nothing. */
function agreesWithWalk(next: Next): fc.IProperty<[Expression, Date]> {
  return fc.property(expressions, instants, ({ text, matches }, after) => {
    const found = next({ schedule: parseSchedule(text), since: new Date(-1e13) }, after)
    const expected = slowNext(matches, after, 60_000, WINDOW_DAYS * DAY_MS)
    if (expected) expect(found).toEqual(expected)
    else expect(found === null || found.getTime() > after.getTime() + WINDOW_DAYS * DAY_MS).toBe(true)
  })
}

/** The cron inside a timetable, changed. */
function altered(change: (schedule: CronSchedule) => CronSchedule): Next {
  return (timetable: Timetable, after: Date) => {
    const { schedule, since } = timetable
    return nextAfter({ schedule: schedule.kind === 'cron' ? change(schedule) : schedule, since }, after)
  }
}

const withoutLast = <Value>(values: readonly Value[]): readonly Value[] =>
  values.length > 1 ? values.slice(0, -1) : values

const mutants: Record<string, Next> = {
  'may return the very moment': (timetable, after) => nextAfter(timetable, new Date(after.getTime() - 60_000)),
  'takes both day fields': altered((schedule) => ({ ...schedule, days: { ...schedule.days, match: 'both' } })),
  'takes either day field': altered((schedule) => ({ ...schedule, days: { ...schedule.days, match: 'either' } })),
  'forgets the last hour': altered((schedule) => ({ ...schedule, hours: withoutLast(schedule.hours) })),
  'forgets the last day': altered((schedule) => ({ ...schedule, days: { ...schedule.days, daysBeforeLast: [] } })),
}

describe('nextAfter', () => {
  test('agrees with a walk over every minute', { timeout: 60_000 }, () => {
    fc.assert(agreesWithWalk(nextAfter), { numRuns: 300 })
  })

  test.each(Object.entries(mutants))('that %s does not', (_name, mutant) => {
    // Of one seed: what is found is found each time.
    expect(fc.check(agreesWithWalk(mutant), { seed: 1, numRuns: 2_000, endOnFailure: true }).failed).toBe(true)
  })

  test('agrees with a walk over every second when seconds are given', () => {
    fc.assert(
      fc.property(seconds, minutes, instants, (second, minute, after) => {
        const found = nextAfter(
          { schedule: parseSchedule(`${second.text} ${minute.text} * * * *`), since: EPOCH },
          after,
        )
        const matches = (date: Date): boolean => second.matches(date) && minute.matches(date)
        expect(found).toEqual(slowNext(matches, after, 1_000, 7_200_000))
      }),
      { numRuns: 100 },
    )
  })

  test('always goes forward', () => {
    fc.assert(
      fc.property(expressions, instants, ({ text }, from) => {
        const timetable = { schedule: parseSchedule(text), since: EPOCH }
        let after = from
        for (let step = 0; step < 20; step++) {
          const next = nextAfter(timetable, after)
          if (!next) return
          expect(next.getTime()).toBeGreaterThan(after.getTime())
          after = next
        }
      }),
      { numRuns: 300 },
    )
  })

  test('agrees with cron-parser in UTC on ordinary expressions', () => {
    const plain = fc.tuple(
      fc.oneof(fc.constant('*'), fc.constant('*/5'), fc.integer({ min: 0, max: 59 }).map(String)),
      fc.oneof(fc.constant('*'), fc.constant('9-17'), fc.constant('*/6'), fc.integer({ min: 0, max: 23 }).map(String)),
      fc.oneof(fc.constant('*'), fc.constant('L'), fc.constant('1,15'), fc.integer({ min: 1, max: 28 }).map(String)),
      fc.oneof(fc.constant('*'), fc.constant('JAN,JUL'), fc.integer({ min: 1, max: 12 }).map(String)),
      fc.oneof(fc.constant('*'), fc.constant('MON-FRI'), fc.constant('2#1'), fc.constant('5L'), weekday.map(String)),
    )
    fc.assert(
      fc.property(plain, instants, (fields, from) => {
        const text = fields.join(' ')
        const peer = CronExpressionParser.parse(text, { currentDate: from, tz: 'UTC' })
        const timetable = { schedule: parseSchedule(text), since: new Date(-1e13) }
        let after = from
        for (let step = 0; step < 5; step++) {
          const next = nextAfter(timetable, after)
          expect(next?.toISOString()).toBe(peer.next().toISOString())
          after = next ?? after
        }
      }),
      { numRuns: 500 },
    )
  })
})
