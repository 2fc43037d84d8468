import { expect, test } from 'vitest'
import { daysOf, isDay, isDayOrInstant, PERIOD_NAMES, periodBefore, reportPeriod } from './period.ts'

test('by default a report is of the day before the nominal time, in UTC', () => {
  for (const scheduledFor of ['2026-03-01T00:00:00Z', '2026-03-01T12:00:00Z', '2026-03-01T23:59:59.999Z']) {
    expect(reportPeriod({}, new Date(scheduledFor))).toEqual({
      firstDay: '2026-02-28',
      lastDay: '2026-02-28',
      from: new Date('2026-02-28T00:00:00Z'),
      to: new Date('2026-03-01T00:00:00Z'),
      timeZone: 'UTC',
    })
  }
})

test('several days end with the date, and the period before ends where they begin', () => {
  const period = reportPeriod({ date: '2024-03-01', days: 3 }, new Date('2026-11-23T00:00:00Z'))
  expect(daysOf(period)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01'])
  expect(daysOf(periodBefore(period))).toEqual(['2024-02-25', '2024-02-26', '2024-02-27'])
})

// A Sunday in Berlin, while it is still Saturday in UTC.
const SUNDAY = new Date('2026-02-28T23:30:00Z')

test.each([
  ['yesterday', '2026-02-28', '2026-02-28'],
  ['last-7-days', '2026-02-22', '2026-02-28'],
  ['last-30-days', '2026-01-30', '2026-02-28'],
  ['last-90-days', '2025-12-01', '2026-02-28'],
  ['last-week', '2026-02-16', '2026-02-22'],
  ['last-month', '2026-02-01', '2026-02-28'],
  ['last-quarter', '2025-10-01', '2025-12-31'],
  ['last-year', '2025-01-01', '2025-12-31'],
] as const)('%s, seen from the first of March in Berlin, goes from %s to %s', (period, firstDay, lastDay) => {
  expect(reportPeriod({ period, timeZone: 'Europe/Berlin' }, SUNDAY)).toMatchObject({ firstDay, lastDay })
})

test('every named period is over when the day of the fire begins, in each zone', () => {
  for (const period of PERIOD_NAMES) {
    for (const timeZone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Niue', 'Australia/Lord_Howe']) {
      const { from, to, lastDay } = reportPeriod({ period, timeZone }, SUNDAY)
      expect(to.getTime(), `${period} ${timeZone}`).toBeLessThanOrEqual(SUNDAY.getTime())
      expect(from.getTime()).toBeLessThan(to.getTime())
      expect(lastDay < '2026-03-02').toBe(true)
    }
  }
})

test('a day of a zone has as many hours as its clocks show, and begins when they do', () => {
  const hours = (date: string, timeZone: string): number => {
    const { from, to } = reportPeriod({ date, timeZone }, SUNDAY)
    return (to.getTime() - from.getTime()) / 3_600_000
  }
  expect(hours('2026-03-29', 'Europe/Berlin')).toBe(23)
  expect(hours('2026-10-25', 'Europe/Berlin')).toBe(25)
  // In Beirut the clocks went from 24:00 to 01:00.
  const { from } = reportPeriod({ date: '2022-03-27', timeZone: 'Asia/Beirut' }, SUNDAY)
  expect(from).toEqual(new Date('2022-03-26T22:00:00Z'))
  expect(hours('2022-03-27', 'Asia/Beirut')).toBe(23)
})

test('its ends may be days, the last of which belongs to it, or instants, the last of which does not', () => {
  expect(reportPeriod({ from: '2026-03-28', to: '2026-03-29', timeZone: 'Europe/Berlin' }, SUNDAY)).toEqual({
    firstDay: '2026-03-28',
    lastDay: '2026-03-29',
    from: new Date('2026-03-27T23:00:00Z'),
    to: new Date('2026-03-29T22:00:00Z'),
    timeZone: 'Europe/Berlin',
  })
  expect(reportPeriod({ from: '2026-03-28T09:00:00+01:00', to: '2026-03-28T12:30:00Z' }, SUNDAY)).toEqual({
    firstDay: '2026-03-28',
    lastDay: '2026-03-28',
    from: new Date('2026-03-28T08:00:00Z'),
    to: new Date('2026-03-28T12:30:00Z'),
    timeZone: 'UTC',
  })
})

test('a period that ends before it begins, or is too long, is refused for good', () => {
  for (const asked of [
    { from: '2026-03-02', to: '2026-03-01' },
    { from: '2026-03-01T00:00:00Z', to: '2026-03-01T00:00:00Z' },
    { from: '2025-01-01', to: '2026-03-01' },
  ]) {
    expect(() => reportPeriod(asked, SUNDAY)).toThrow(
      expect.objectContaining({ code: 'REPORT_PERIOD_INVALID', isFinal: true }),
    )
  }
})

test('only real days are days', () => {
  const days = ['2024-02-29', '2026-12-31', '1900-01-01']
  const others = ['2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01T00:00', '1899-12-31', '+020260-01-01', '']
  expect(days.filter(isDay)).toEqual(days)
  expect(others.filter(isDay)).toEqual([])
})

test('an instant says its offset', () => {
  const good = ['2026-03-01', '2026-03-01T09:00Z', '2026-03-01T09:00:00.5+05:45']
  const others = ['2026-03-01T09:00', '2026-02-30T09:00Z', '2026-03-01T25:00Z', 'now', '2026-03-01 09:00Z']
  expect(good.filter(isDayOrInstant)).toEqual(good)
  expect(others.filter(isDayOrInstant)).toEqual([])
})
