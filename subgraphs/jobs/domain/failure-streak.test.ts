import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FailureStreak, textOfTimes, timesOfText, withFailure, withoutFailures } from './failure-streak.ts'

type End = { readonly isFailure: boolean; readonly ms: number }

const none: FailureStreak = { streakSince: null, failureTimesMs: [] }
const after = (told: readonly End[], failure = withFailure, success = withoutFailures): FailureStreak =>
  told.reduce((streak, { isFailure, ms }) => (isFailure ? failure : success)(streak, new Date(ms)), none)
const ends = fc.array(fc.record({ isFailure: fc.boolean(), ms: fc.integer({ min: 0, max: 12 }) }), { maxLength: 12 })
const shuffled = ends.chain((told) =>
  fc.tuple(fc.constant(told), fc.shuffledSubarray(told, { minLength: told.length, maxLength: told.length })),
)

const orderDoesNotMatter = (apply: (told: readonly End[]) => FailureStreak): fc.IProperty<[[End[], End[]]]> =>
  fc.property(shuffled, ([told, otherwise]) => {
    expect(apply(told)).toEqual(apply(otherwise))
  })

test('failures in a row are those after the last success, in whatever order they are told', () => {
  fc.assert(orderDoesNotMatter(after), { numRuns: 2_000 })
  fc.assert(
    fc.property(ends, (told) => {
      const last = Math.max(-1, ...told.filter(({ isFailure }) => !isFailure).map(({ ms }) => ms))
      const later = told.filter(({ isFailure, ms }) => isFailure && ms > last).map(({ ms }) => ms)
      expect(after(told).failureTimesMs).toEqual(later.toSorted((one, other) => one - other))
    }),
    { numRuns: 2_000 },
  )
})

test('a streak that counts in the order of the telling is found out', () => {
  const counting = (told: readonly End[]): FailureStreak =>
    after(told, undefined, (_streak, at) => ({ streakSince: at, failureTimesMs: [] }))
  expect(fc.check(orderDoesNotMatter(counting), { numRuns: 2_000 }).failed).toBe(true)
})

test('a thousand are counted and no more, the latest of them', () => {
  const told = Array.from({ length: 1_500 }, (_, ms) => ({ isFailure: true, ms }))
  const { failureTimesMs } = after(told)
  expect(failureTimesMs).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 500))
  expect(after(told.toReversed()).failureTimesMs).toEqual(failureTimesMs)
})

test('times come back as they were stored', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4e12 })), (unsorted) => {
      const times = unsorted.toSorted((one, other) => one - other)
      expect(timesOfText(textOfTimes(times))).toEqual(times)
    }),
  )
  expect(textOfTimes([])).toBeNull()
  const aYearOfSeconds = Array.from({ length: 1_000 }, (_, index) => Date.UTC(2026, 0, 1) + index * 1_000)
  expect(textOfTimes(aYearOfSeconds)?.length).toBeLessThan(4_100)
})
