import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fairTag, tagAfter, tagBack } from './fair-tags.ts'

interface Waiting {
  readonly who: number
  readonly tag: number
}

/** A queue that gives out the least tag first, as an index does. */
function openQueue(weights: readonly number[]) {
  const waiting: Waiting[] = []
  const next = new Map<number, number>()
  const least = (): Waiting | undefined => waiting.reduce<Waiting | undefined>(lesser, undefined)
  return {
    add(who: number, count: number): void {
      for (let left = count; left > 0; left--) {
        const tag = fairTag(least()?.tag ?? Math.max(0, ...next.values()), next.get(who) ?? 0, weights[who] ?? 1)
        next.set(who, tagAfter(tag, weights[who] ?? 1))
        waiting.push({ who, tag })
      }
    },
    take(): number | undefined {
      const first = least()
      if (first) waiting.splice(waiting.indexOf(first), 1)
      return first?.who
    },
  }
}

function lesser(one: Waiting | undefined, other: Waiting): Waiting {
  return one && one.tag <= other.tag ? one : other
}

test('ten that come to a long queue of another are through within six turns of their own and every second one after', () => {
  const queue = openQueue([1, 1])
  queue.add(0, 200)
  for (let taken = 0; taken < 50; taken++) queue.take()
  queue.add(1, 10)
  const turns = Array.from({ length: 15 }, () => queue.take())
  expect(turns.slice(0, 6)).toEqual([1, 1, 1, 1, 1, 1])
  expect(turns.filter((who) => who === 1)).toHaveLength(10)
})

test('while all wait, each gets its share by weight within one turn of it', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(weights, fc.integer({ min: 20, max: 150 }), (given, turns) => {
      const queue = openQueue(given)
      for (const who of given.keys()) queue.add(who, turns)
      const total = given.reduce((sum, weight) => sum + weight, 0)
      const taken = Array.from({ length: turns }, () => queue.take())
      for (const [who, weight] of given.entries()) {
        const share = (turns * weight) / total
        const got = taken.filter((each) => each === who).length
        expect(Math.abs(got - share)).toBeLessThanOrEqual(given.length)
      }
    }),
    { numRuns: 40 },
  )
})

test('who had much when nobody else was there owes nothing for it, and who kept away has saved up six turns, however long', () => {
  const queue = openQueue([1, 1])
  queue.add(0, 100)
  for (let taken = 0; taken < 100; taken++) queue.take()
  queue.add(0, 20)
  queue.add(1, 20)
  const turns = Array.from({ length: 16 }, () => queue.take())
  expect(turns.slice(0, 6)).toEqual([1, 1, 1, 1, 1, 1])
  expect(turns.slice(6).filter((who) => who === 0)).toHaveLength(5)
})

test('what comes back has no turns saved up', () => {
  expect(tagBack(50_000, 0)).toBe(50_000)
  expect(tagBack(50_000, 60_000)).toBe(60_000)
})
