import { expect, test } from 'vitest'
import { firesBetween, parseSchedule } from '#platform/schedule'
import { openDraw } from './draw.ts'
import { drawSchedule } from './draw-schedule.ts'
import { nominalTimes } from './nominal-times.ts'

const START_MS = Date.parse('2026-11-23T09:58:30Z')
const of = (schedule: string, seconds: number, sinceMs = START_MS): string[] =>
  nominalTimes({ schedule, sinceMs }, sinceMs - 61_000, START_MS + seconds * 1_000).map((atMs) =>
    new Date(atMs).toISOString().slice(11, 19),
  )

test('an interval counts from 1970, a list and a range from the clock', () => {
  expect(of('@every 7s', 20)).toEqual(['09:58:34', '09:58:41', '09:58:48'])
  expect(of('10,20 * * * * *', 60)).toEqual(['09:59:10', '09:59:20'])
  expect(of('31-40/4 58 * * * *', 60)).toEqual(['09:58:31', '09:58:35', '09:58:39'])
  expect(of('*/2 * * * *', 120)).toEqual(['10:00:00'])
})

test('an instant fires once, also a little late', () => {
  expect(of('@now', 5)).toEqual(['09:58:30'])
  expect(of('@at 2026-11-23T09:58:00Z', 5)).toEqual(['09:58:00'])
  expect(of('@at 2026-11-23T09:57:00Z', 5)).toEqual([])
  expect(of('@manually', 5)).toEqual([])
})

test('the services find the same times, for every schedule that a simulation draws', () => {
  const draw = openDraw(1)
  for (let round = 0; round < 300; round++) {
    const since = new Date(START_MS + draw.int(0, 5_000))
    const until = new Date(since.getTime() + 90_000)
    const schedule = drawSchedule(draw, since.getTime())
    const timetable = { schedule: parseSchedule(schedule), since }
    const found = firesBetween(timetable, new Date(since.getTime() - 61_000), until, 1_000)
    const slow = nominalTimes({ schedule, sinceMs: since.getTime() }, since.getTime() - 61_000, until.getTime())
    expect(found.map(Number), schedule).toEqual(slow)
  }
})
