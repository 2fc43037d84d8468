import { expect, test } from 'vitest'
import { daysOf, isDay, periodBefore, reportPeriod } from './period.ts'

test('by default a report is of the day before the nominal time, in UTC', () => {
  for (const scheduledFor of ['2026-03-01T00:00:00Z', '2026-03-01T12:00:00Z', '2026-03-01T23:59:59.999Z']) {
    expect(reportPeriod(undefined, 1, new Date(scheduledFor))).toEqual({
      firstDay: '2026-02-28',
      lastDay: '2026-02-28',
      from: new Date('2026-02-28T00:00:00Z'),
      to: new Date('2026-03-01T00:00:00Z'),
    })
  }
})

test('several days end with the date, and the period before ends where they begin', () => {
  const period = reportPeriod('2024-03-01', 3, new Date('2026-11-23T00:00:00Z'))
  expect(daysOf(period)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01'])
  expect(daysOf(periodBefore(period))).toEqual(['2024-02-25', '2024-02-26', '2024-02-27'])
})

test('only real days are days', () => {
  const days = ['2024-02-29', '2026-12-31', '1900-01-01']
  const others = ['2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01T00:00', '1899-12-31', '+020260-01-01', '']
  expect(days.filter(isDay)).toEqual(days)
  expect(others.filter(isDay)).toEqual([])
})
