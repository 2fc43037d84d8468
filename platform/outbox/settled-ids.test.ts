import { expect, test } from 'vitest'
import { seeded } from '#platform/testing'
import { GAP_MS_MAX, gapsOf, gapsText, NOTHING_SETTLED, type SettledIds, settle } from './settled-ids.ts'

const at = (nowMs: number, isAll = true) => ({ isAll, nowMs })
const open = ({ gaps }: SettledIds): number[][] => gaps.map(({ first, last }) => [first, last])

test('what is missing between ids that were seen is a gap, until it is seen or its time is over', () => {
  const first = settle(NOTHING_SETTLED, [1, 2, 5, 9], at(0))
  expect([first.through, open(first)]).toEqual([
    9,
    [
      [3, 4],
      [6, 8],
    ],
  ])
  const second = settle(first, [4, 7, 10], at(1_000))
  expect([second.through, open(second)]).toEqual([
    10,
    [
      [3, 3],
      [6, 6],
      [8, 8],
    ],
  ])
  expect(open(settle(second, [], at(GAP_MS_MAX - 1)))).toEqual(open(second))
  // A gap in which something came stays open for as long once more, and so does one that was not looked at.
  const overMs = 1_000 + GAP_MS_MAX
  expect(open(settle(second, [], at(overMs - 1)))).toEqual(open(second))
  expect(open(settle(second, [], at(overMs, false)))).toEqual(open(second))
  expect(open(settle(second, [], at(overMs)))).toEqual([])
})

test('what was not looked at, since there were too many rows, stays open', () => {
  const before = settle(NOTHING_SETTLED, [4, 8, 12], at(0))
  const after = settle(before, [1, 2, 6], at(1, false))
  expect([after.through, open(after)]).toEqual([
    12,
    [
      [3, 3],
      [5, 5],
      [7, 7],
      [9, 11],
    ],
  ])
})

test('it is read as it was stored', () => {
  const { gaps } = settle(NOTHING_SETTLED, [4, 8], at(7))
  expect(gapsOf(gapsText(gaps))).toEqual(gaps)
})

/** Transactions take their ids in order and commit in any; a sequencer that looks at what may be open numbers all. */
test.each([1, 2, 3, 4, 5])('seed %i: no row is left out, whoever commits when', (seed) => {
  const random = seeded(seed)
  const numbered = new Set<number>()
  const committed = new Set<number>()
  let running: number[] = []
  let settled = NOTHING_SETTLED
  let nextId = 1
  for (let step = 0; step < 3_000; step++) {
    for (let count = Math.floor(random() * 4); count > 0; count--) running.push(nextId++)
    const ended = running.filter(() => random() < 0.3)
    running = running.filter((id) => !ended.includes(id))
    for (const id of ended) if (random() < 0.9) committed.add(id)
    const isOpen = (id: number): boolean =>
      id > settled.through || settled.gaps.some(({ first, last }) => first <= id && id <= last)
    const due = [...committed].filter((id) => !numbered.has(id)).sort((one, other) => one - other)
    const found = due.filter(isOpen)
    expect(found).toEqual(due)
    const taken = found.slice(0, 5)
    for (const id of taken) numbered.add(id)
    settled = settle(settled, taken, at(step * 10, found.length <= 5))
    expect(settled.gaps.length).toBeLessThanOrEqual(100)
  }
})
