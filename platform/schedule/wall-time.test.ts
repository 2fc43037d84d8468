import { describe, expect, test } from 'vitest'
import { instantsOfWallTime, wallTimeOf } from './wall-time.ts'

const NEW_YORK = 'America/New_York'

describe('wallTimeOf', () => {
  test.each([
    ['2026-03-08T07:00:00Z', NEW_YORK, '2026-03-08T03:00:00-04:00[America/New_York]'],
    ['2026-03-08T06:59:59Z', NEW_YORK, '2026-03-08T01:59:59-05:00[America/New_York]'],
    ['2026-11-01T06:30:00Z', NEW_YORK, '2026-11-01T01:30:00-05:00[America/New_York]'],
    ['2026-07-01T00:00:00Z', 'Pacific/Chatham', '2026-07-01T12:45:00+12:45[Pacific/Chatham]'],
    ['2026-07-01T00:00:00.250Z', 'UTC', '2026-07-01T00:00:00.250+00:00[UTC]'],
    ['1970-01-01T00:00:00Z', 'Africa/Monrovia', '1969-12-31T23:15:30-00:45[Africa/Monrovia]'],
  ])('of %s in %s is %s', (instant, timeZone, expected) => {
    expect(wallTimeOf(new Date(instant), timeZone)).toBe(expected)
  })

  test('is what Temporal reads back, in any zone at any time', () => {
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      for (let year = 1975; year < 2075; year += 9) {
        const at = new Date(Date.UTC(year, year % 12, year % 28, year % 24, 30))
        expect(Temporal.ZonedDateTime.from(wallTimeOf(at, timeZone)).epochMilliseconds).toBe(at.getTime())
      }
    }
  })
})

describe('instantsOfWallTime', () => {
  const iso = (dates: readonly Date[]): string[] => dates.map((date) => date.toISOString().slice(0, 16))

  test.each([
    ['2026-03-08T01:59', NEW_YORK, ['2026-03-08T06:59'], false, '2026-03-08T06:59'],
    ['2026-03-08T02:00', NEW_YORK, [], true, '2026-03-08T07:00'],
    ['2026-03-08T02:30', NEW_YORK, [], true, '2026-03-08T07:00'],
    ['2026-03-08T03:00', NEW_YORK, ['2026-03-08T07:00'], false, '2026-03-08T07:00'],
    ['2026-11-01T01:00', NEW_YORK, ['2026-11-01T05:00', '2026-11-01T06:00'], false, '2026-11-01T05:00'],
    ['2026-11-01T01:59', NEW_YORK, ['2026-11-01T05:59', '2026-11-01T06:59'], false, '2026-11-01T05:59'],
    ['2026-11-01T02:00', NEW_YORK, ['2026-11-01T07:00'], false, '2026-11-01T07:00'],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', ['2026-04-04T14:45', '2026-04-04T15:15'], false, '2026-04-04T14:45'],
    ['0026-03-08T02:30', 'UTC', ['0026-03-08T02:30'], false, '0026-03-08T02:30'],
    // A day that a country left out is no gap.
    ['2011-12-30T12:00', 'Pacific/Apia', [], false, '2011-12-30T10:00'],
    ['2026-03-08T02:30', 'UTC', ['2026-03-08T02:30'], false, '2026-03-08T02:30'],
  ])('of %s in %s are %j', (local, timeZone, instants, isInGap, after) => {
    const found = instantsOfWallTime(local, timeZone)
    expect(iso(found.instants)).toEqual(instants)
    expect(found.isInGap).toBe(isInGap)
    expect(iso([found.after])).toEqual([after])
  })

  test.each(['02:30', '2026-02-30T02:30', '2026-03-08T24:00', '2026-03-08T02:30Z', ''])('refuses %j', (local) => {
    expect(() => instantsOfWallTime(local, NEW_YORK)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  })
})
