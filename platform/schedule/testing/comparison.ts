import fc from 'fast-check'
import { seeded } from '#platform/testing'
import { gapSkipsBetween } from '../gap-skips.ts'
import { countBetween, lastAtOrBefore, nextAfter } from '../next-after.ts'
import { parseSchedule } from '../parse-schedule.ts'
import type { Timetable } from '../schedule.ts'
import type { DstGap, DstOverlap } from '../timing.ts'
import { type Expression, expressionsNear } from './expressions.ts'
import { type ClockAround, type SlowClock, slowFires, slowSkips } from './slow-clock.ts'

/** What is compared with the slow clock: ours, or a mutant of it. */
export interface Evaluator {
  readonly nextAfter: typeof nextAfter
  readonly countBetween: typeof countBetween
  readonly lastAtOrBefore: typeof lastAtOrBefore
  readonly gapSkipsBetween: typeof gapSkipsBetween
}

/** The one that is used. */
export const evaluator: Evaluator = { nextAfter, countBetween, lastAtOrBefore, gapSkipsBetween }

const GAPS: readonly DstGap[] = ['FIRE_AFTER', 'SHIFT', 'SKIP']
const OVERLAPS: readonly DstOverlap[] = ['FIRST', 'LAST', 'BOTH']
const ASKED = 8

/** The first disagreement of an evaluator with some clocks, over drawn expressions; and how many were compared until then. */
export function compareAround(
  ours: Evaluator,
  clocks: Iterable<ClockAround>,
  expressionsEach: number,
  seed: number,
): { readonly wrong: string | null; readonly compared: number } {
  const draw = seeded(seed)
  let compared = 0
  for (const { change, clock } of clocks) {
    const sample = { numRuns: expressionsEach, seed: Math.floor(draw() * 2 ** 31) }
    for (const expression of fc.sample(expressionsNear(change.hour), sample)) {
      const wrong = disagreement(ours, clock, expression, draw)
      compared += 1
      if (wrong !== null) return { wrong, compared }
    }
  }
  return { wrong: null, compared }
}

/** What an evaluator says otherwise than a slow clock of an expression, in words; null when nothing. */
export function disagreement(
  ours: Evaluator,
  clock: SlowClock,
  expression: Expression,
  draw: () => number,
): string | null {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(draw() * values.length)] as Value
  const [dstGap, dstOverlap] = [pick(GAPS), pick(OVERLAPS)]
  const slow = slowFires(clock, expression, dstGap, dstOverlap)
  const instant = (): number => {
    // Now and then just where something fires, or beside it.
    const near = slow.length > 0 && draw() < 0.5 ? pick(slow) + pick([-1, 0, 1]) : null
    return near ?? Math.round(clock.fromMs + draw() * (clock.toMs - clock.fromMs))
  }
  const [startMs, endMs] = draw() < 0.25 ? [instant(), instant()].sort((a, b) => a - b) : []
  const timetable: Timetable = {
    schedule: parseSchedule(expression.text),
    since: new Date(0),
    timeZone: clock.timeZone,
    dstGap,
    dstOverlap,
    ...(startMs !== undefined && endMs !== undefined && { startAt: new Date(startMs), endAt: new Date(endMs) }),
  }
  const isOpen = (ms: number): boolean => ms >= (startMs ?? -Infinity) && ms <= (endMs ?? Infinity)
  const expected = slow.filter(isOpen)
  const range = `${new Date(clock.fromMs).toISOString()} to ${new Date(clock.toMs).toISOString()}`
  const what = `${expression.text} in ${clock.timeZone} with ${dstGap}, ${dstOverlap}, ${range}`
  const walk = (): string | null => walkDisagreement(ours, timetable, clock, expected)
  const asked = (): string | null => {
    for (let index = 0; index < ASKED; index++) {
      const [from = 0, to = 0] = [instant(), instant()].sort((a, b) => a - b)
      const wrong = askedDisagreement(ours, timetable, expected, from, to)
      if (wrong !== null) return wrong
    }
    return null
  }
  const skips = (): string | null => {
    const missing = dstGap === 'SKIP' ? slowSkips(clock, expression).filter(({ atMs }) => isOpen(atMs)) : []
    const wanted = missing.map(({ wall, atMs }) => `${wall.toISOString().slice(0, 19)} ${atMs}`).join()
    const found = ours.gapSkipsBetween(timetable, new Date(clock.fromMs), new Date(clock.toMs), Infinity)
    const said = found.map(({ wallTime, at }) => `${wallTime.slice(0, 19)} ${at.getTime()}`).join()
    return said === wanted ? null : `skipped ${said}, not ${wanted}`
  }
  const wrong = walk() ?? asked() ?? skips()
  return wrong === null ? null : `${what}: ${wrong}`
}

function walkDisagreement(
  { nextAfter: next }: Evaluator,
  timetable: Timetable,
  { fromMs, toMs }: SlowClock,
  expected: readonly number[],
): string | null {
  let afterMs = fromMs
  for (const ms of [...expected, null]) {
    const found = next(timetable, new Date(afterMs))
    if (found !== null && found.getTime() <= afterMs) return `${found.toISOString()} is not later than what it follows`
    const isRight = ms === null ? found === null || found.getTime() > toMs : found?.getTime() === ms
    const should = ms === null ? 'none' : new Date(ms).toISOString()
    if (!isRight) return `after ${new Date(afterMs).toISOString()} comes ${found?.toISOString()}, not ${should}`
    afterMs = ms ?? afterMs
  }
  return null
}

function askedDisagreement(
  { nextAfter: next, countBetween: count, lastAtOrBefore: last }: Evaluator,
  timetable: Timetable,
  expected: readonly number[],
  fromMs: number,
  toMs: number,
): string | null {
  const [from, to] = [new Date(fromMs), new Date(toMs)]
  const between = expected.filter((ms) => ms > fromMs && ms <= toMs)
  const range = `(${from.toISOString()}, ${to.toISOString()}]`
  const counted = count(timetable, from, to)
  if (counted !== between.length) return `${range} holds ${between.length}, not ${counted}`
  const latest = last(timetable, to, from)?.getTime()
  if (latest !== between.at(-1)) return `the last of ${range} is ${between.at(-1)}, not ${latest}`
  const first = next(timetable, from)?.getTime() ?? Infinity
  const later = expected.find((ms) => ms > fromMs)
  return later === undefined || later === first
    ? null
    : `the first after ${from.toISOString()} is ${later}, not ${first}`
}
