import { expect, test } from 'vitest'
import { seeded } from '#platform/testing'
import type { CronSchedule, Timetable } from './schedule.ts'
import { someClockChanges } from './testing/clock-changes.ts'
import { compareAround, type Evaluator, evaluator } from './testing/comparison.ts'
import { clockAround } from './testing/slow-clock.ts'

const HOUR_MS = 3_600_000
const JUMP_MS_MIN = 3 * HOUR_MS

/** An evaluator that is asked of another timetable than it should be. */
function of(change: (timetable: Timetable, schedule: CronSchedule) => Partial<Timetable>): Evaluator {
  const changed = (timetable: Timetable): Timetable =>
    timetable.schedule.kind === 'cron' ? { ...timetable, ...change(timetable, timetable.schedule) } : timetable
  return {
    nextAfter: (timetable, ...rest) => evaluator.nextAfter(changed(timetable), ...rest),
    countBetween: (timetable, ...rest) => evaluator.countBetween(changed(timetable), ...rest),
    lastAtOrBefore: (timetable, ...rest) => evaluator.lastAtOrBefore(changed(timetable), ...rest),
    gapSkipsBetween: (timetable, ...rest) => evaluator.gapSkipsBetween(changed(timetable), ...rest),
  }
}

const earlier = (date: Date, ms = 1): Date => new Date(date.getTime() - ms)
const zoneOf = (timetable: Timetable, at: Date): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timetable.timeZone ?? 'UTC')

/** The next jump of the clocks after an instant, and how far it is. */
function nextJump(timetable: Timetable, after: Date): { at: Date; ms: number } | null {
  const at = zoneOf(timetable, after).getTimeZoneTransition('next')
  if (at === null) return null
  const ms = (at.offsetNanoseconds - at.subtract({ milliseconds: 1 }).offsetNanoseconds) / 1e6
  return { at: new Date(at.epochMilliseconds), ms }
}

const mutants: Readonly<Record<string, Evaluator>> = {
  'takes every zone for UTC': of(() => ({ timeZone: 'UTC' })),
  'keeps the offset of January': of(({ timeZone = 'UTC' }) => ({
    timeZone: Temporal.ZonedDateTime.from(`2020-01-05T00:00[${timeZone}]`).offset,
  })),
  'fires both times for a fixed time': of((_, schedule) => ({ schedule: { ...schedule, isIntervalLike: true } })),
  'fires once for an interval': of((_, schedule) => ({ schedule: { ...schedule, isIntervalLike: false } })),
  'shifts instead of firing after the gap': of(({ dstGap }) => ({
    dstGap: dstGap === 'FIRE_AFTER' ? 'SHIFT' : dstGap,
  })),
  'fires after the gap instead of shifting': of(({ dstGap }) => ({
    dstGap: dstGap === 'SHIFT' ? 'FIRE_AFTER' : dstGap,
  })),
  'fires what it should skip': of(({ dstGap }) => ({ dstGap: dstGap === 'SKIP' ? 'FIRE_AFTER' : dstGap })),
  'takes both passes for the first': of(({ dstOverlap }) => ({
    dstOverlap: dstOverlap === 'FIRST' ? 'BOTH' : dstOverlap,
  })),
  'takes the first pass for the last': of(({ dstOverlap }) => ({
    dstOverlap: dstOverlap === 'LAST' ? 'FIRST' : dstOverlap,
  })),
  'takes the first pass for both': of(({ dstOverlap }) => ({
    dstOverlap: dstOverlap === 'BOTH' ? 'FIRST' : dstOverlap,
  })),
  'leaves out the start of the window': of(({ startAt }) => ({ startAt: startAt && earlier(startAt, -1) })),
  'leaves out the end of the window': of(({ endAt }) => ({ endAt: endAt && earlier(endAt) })),
  'may return the very moment': {
    ...evaluator,
    nextAfter: (timetable, after) => evaluator.nextAfter(timetable, earlier(after)),
  },
  'goes back into the hour that it left': {
    ...evaluator,
    nextAfter: (timetable, after) => {
      const isRepeated = zoneOf(timetable, after).subtract({ hours: 1 }).hour === zoneOf(timetable, after).hour
      return evaluator.nextAfter(timetable, isRepeated ? earlier(after, HOUR_MS) : after)
    },
  },
  'takes a jump of three hours for a gap': {
    ...evaluator,
    nextAfter: (timetable, after) => {
      const [next, jump] = [evaluator.nextAfter(timetable, after), nextJump(timetable, after)]
      return jump && next && jump.ms >= JUMP_MS_MIN && jump.at < next ? jump.at : next
    },
  },
  'counts twice what a skipped time and a regular one share': {
    ...evaluator,
    countBetween: (timetable, from, to) => {
      const skipping: Timetable = { ...timetable, dstGap: 'SKIP' }
      const gaps = new Set(evaluator.gapSkipsBetween(skipping, from, to, Infinity).map(({ at }) => at.getTime()))
      const isOurs = timetable.dstGap === 'FIRE_AFTER'
      return evaluator.countBetween(isOurs ? skipping : timetable, from, to) + (isOurs ? gaps.size : 0)
    },
  },
  'counts its start in': {
    ...evaluator,
    countBetween: (timetable, from, to) => evaluator.countBetween(timetable, earlier(from), to),
  },
  'overlooks what fires just then': {
    ...evaluator,
    lastAtOrBefore: (timetable, at, after) => evaluator.lastAtOrBefore(timetable, earlier(at), after),
  },
  'records no skip': { ...evaluator, gapSkipsBetween: () => [] },
}

const clocks = someClockChanges(seeded(1))
  .filter(({ jumpMs }, index) => Math.abs(jumpMs) !== HOUR_MS || index % 8 === 0)
  .map(clockAround)

test('the evaluator itself is found right', () => {
  expect(compareAround(evaluator, clocks, 12, 1).wrong).toBeNull()
})

test.each(Object.entries(mutants))('one that %s is found out', (_name, mutant) => {
  expect(compareAround(mutant, clocks, 12, 1).wrong).not.toBeNull()
})
