import { expect, test } from 'vitest'
import type { CalendarRules } from '#platform/schedule'
import { scenario } from '#platform/testing'
import { type CalendarCommand, type CalendarEvent, calendar, calendarIn, calendarStream } from './calendar.ts'
import { jobStream } from './job.ts'

const { given } = scenario(calendar)
const now = new Date('2026-11-23T12:00:00Z')
const nowMs = now.getTime()
const key = { workspaceId: 'w', name: 'bank' }
const rules: CalendarRules = { timeZone: null, workDays: [1, 2, 3, 4, 5], holidays: [], blackouts: [] }
const others: CalendarRules = { ...rules, workDays: [1] }

const set = (changes: Partial<Extract<CalendarCommand, { type: 'SetCalendar' }>> = {}): CalendarCommand => {
  return { type: 'SetCalendar', ...key, rules, expectedVersion: null, now, ...changes }
}
const remove = (changes: Partial<Extract<CalendarCommand, { type: 'DeleteCalendar' }>> = {}): CalendarCommand => {
  return { type: 'DeleteCalendar', expectedVersion: null, jobCount: 0, now, ...changes }
}
const wasSet = (version: number, each = rules, setAtMs = nowMs): CalendarEvent => {
  return { type: 'CalendarSet', ...key, version, rules: each, setAtMs }
}
const deleted = (version: number): CalendarEvent => {
  return { type: 'CalendarDeleted', ...key, version, deletedAtMs: nowMs }
}

test('a calendar that is set anew has one version more, and one that is set twice has not', () => {
  given().when(set()).yields(wasSet(1))
  given(wasSet(1))
    .when(set({ rules: others }))
    .yields(wasSet(2, others))
  given(wasSet(1)).when(set()).yields()
})

test('a name goes on counting after its calendar was deleted', () => {
  given(wasSet(1)).when(remove()).yields(deleted(2))
  given(wasSet(1), deleted(2)).when(set()).yields(wasSet(3))
})

test('nobody deletes what is not there, or what jobs use', () => {
  given().when(remove()).isRefused('CALENDAR_NOT_FOUND')
  given(wasSet(1), deleted(2)).when(remove()).isRefused('CALENDAR_NOT_FOUND')
  given(wasSet(1))
    .when(remove({ jobCount: 3 }))
    .isRefused('CALENDAR_IN_USE')
})

test('who expects another version is refused, and version 0 is that of none', () => {
  given(wasSet(1))
    .when(set({ expectedVersion: 1, rules: others }))
    .yields(wasSet(2, others))
  given(wasSet(1))
    .when(set({ expectedVersion: 2, rules: others }))
    .isRefused('VERSION_CONFLICT')
  given(wasSet(1))
    .when(set({ expectedVersion: 0 }))
    .isRefused('VERSION_CONFLICT')
  given()
    .when(set({ expectedVersion: 0 }))
    .yields(wasSet(1))
  given()
    .when(set({ expectedVersion: 1 }))
    .isRefused('VERSION_CONFLICT')
  given(wasSet(1), deleted(2))
    .when(set({ expectedVersion: 0 }))
    .yields(wasSet(3))
  given(wasSet(1))
    .when(remove({ expectedVersion: 2 }))
    .isRefused('VERSION_CONFLICT')
})

test('a calendar knows when it was made and when its version was', () => {
  const after = (...events: CalendarEvent[]) => calendarIn(events.reduce(calendar.evolve, calendar.initial))
  expect(after(wasSet(1, rules, 5), wasSet(2, others, 7))).toEqual({
    ...key,
    version: 2,
    rules: others,
    createdAt: new Date(5),
    updatedAt: new Date(7),
  })
  expect(after(wasSet(1), deleted(2))).toBeNull()
  expect(after(wasSet(1, rules, 5), deleted(2), wasSet(3, rules, 9))).toMatchObject({ createdAt: new Date(9) })
})

test('no calendar has the stream of a job, whatever its name', () => {
  expect(calendarStream('w', 'job-1')).not.toBe(jobStream('1'))
  expect(calendarStream('w', 'job-1').startsWith(jobStream(''))).toBe(false)
})
