import { describe, expect, test } from 'vitest'
import { canonicalTimeZone, isTimeZone, tzdbVersion } from './time-zone.ts'

describe('a time zone', () => {
  test.each(['UTC', 'America/New_York', 'europe/berlin', 'Asia/Kolkata', 'Asia/Calcutta', 'US/Eastern', 'Etc/GMT+5'])(
    'may be %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true)
    },
  )

  test('is written as the tz database writes it; an alias stays', () => {
    expect(canonicalTimeZone('europe/berlin')).toBe('Europe/Berlin')
    expect(canonicalTimeZone('utc')).toBe('UTC')
    expect(canonicalTimeZone('us/eastern')).toBe('US/Eastern')
  })

  test('may be any that this process knows', () => {
    for (const name of Intl.supportedValuesOf('timeZone')) expect(canonicalTimeZone(name)).toBe(name)
  })

  test.each([
    ['America/NewYork', 'America/New_York'],
    ['America/New York', 'America/New_York'],
    ['New_York', 'America/New_York'],
    ['Berlin', 'Europe/Berlin'],
    ['Europe/Berln', 'Europe/Berlin'],
    ['Asia/Tokio', 'Asia/Tokyo'],
    ['+02:00', 'Etc/GMT-2'],
    ['UTC-5', 'Etc/GMT+5'],
    ['+05:30', undefined],
    ['', undefined],
    ['Middle/Earth', undefined],
    ['2026-01-01T00:00Z[Europe/Berlin]', undefined],
    [`Europe/${'x'.repeat(5_000)}`, undefined],
  ])('is not %j; meant is %s', (name, suggestion) => {
    expect(isTimeZone(name)).toBe(false)
    const details = suggestion === undefined ? { path: 'timeZone' } : { path: 'timeZone', suggestion }
    expect(() => canonicalTimeZone(name)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', details }))
  })

  // With the whole distance to every zone, as many names as one request may have take longer than a test may.
  test.each([12, 63])('is none of 5,000 names of %i letters', (length) => {
    const letter = (n: number): string => String.fromCharCode(97 + (n % 26))
    const names = Array.from({ length: 5_000 }, (_, n) =>
      Array.from({ length }, (_letter, i) => letter(n * (i + 7) + ((n * i) >> 3))).join(''),
    )
    for (const name of names) expect(isTimeZone(name) || !canonicalRefused(name)).toBe(false)
  })

  test('comes from a tz database that has a version', () => {
    expect(tzdbVersion()).toMatch(/^20\d\d[a-z]$/)
  })
})

function canonicalRefused(name: string): boolean {
  try {
    canonicalTimeZone(name)
    return false
  } catch {
    return true
  }
}
