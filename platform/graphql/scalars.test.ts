import { parseValue } from 'graphql'
import { expect, test } from 'vitest'
import { dateTimeScalar, durationScalar, jsonScalar, timeZoneScalar } from './scalars.ts'

test('DateTime takes RFC 3339 with any offset and shows UTC with milliseconds', () => {
  const cases = {
    '2026-12-01T09:00:00Z': '2026-12-01T09:00:00.000Z',
    '2026-12-01T09:00:00.5+02:00': '2026-12-01T07:00:00.500Z',
    '2026-12-01t09:00:00.123456789z': '2026-12-01T09:00:00.123Z',
    '2028-02-29T23:59:59-11:30': '2028-03-01T11:29:59.000Z',
  }
  for (const [text, shown] of Object.entries(cases)) {
    expect(dateTimeScalar.serialize(dateTimeScalar.parseValue(text)), text).toBe(shown)
    expect(dateTimeScalar.parseLiteral(parseValue(`"${text}"`))).toEqual(new Date(shown))
  }
})

test('DateTime refuses what only looks like an instant', () => {
  const junk = [
    '',
    'now',
    '2026-12-01',
    '2026-12-01T09:00:00',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    0,
    null,
    {},
  ]
  for (const value of [...junk, '2026-12-01T25:00:00Z', '2026-12-01T09:00Z', '12/01/2026', ' 2026-12-01T09:00:00Z']) {
    expect(() => dateTimeScalar.parseValue(value), String(value)).toThrow(/RFC 3339/)
  }
  expect(() => dateTimeScalar.parseLiteral(parseValue('1764579600000'))).toThrow(/RFC 3339/)
})

test('DateTime shows nothing but a valid Date', () => {
  for (const value of [new Date(Number.NaN), '2026-12-01T09:00:00Z', 0, {}]) {
    expect(() => dateTimeScalar.serialize(value)).toThrow(/not to a valid Date/)
  }
})

test('JSON takes any value, also with variables inside', () => {
  for (const value of [null, 0, '', [1, ['a']], { a: { b: [true] } }])
    expect(jsonScalar.parseValue(value)).toEqual(value)
  expect(jsonScalar.parseLiteral(parseValue('{ a: [1, "b", $c], d: null }'), { c: 2.5 })).toEqual({
    a: [1, 'b', 2.5],
    d: null,
  })
})

test('JSON refuses what is nested so deep that writing it would overflow the stack', () => {
  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
  expect(jsonScalar.parseValue(nested(64))).toEqual(nested(64))
  expect(() => jsonScalar.parseValue(nested(66))).toThrow(/deeper than 64/)
  expect(() => jsonScalar.parseValue(nested(100_000))).toThrow(/deeper than 64/)
})

test('Duration takes units from large to small and ISO 8601, and shows the shortest', () => {
  const cases = { '30s': '30s', '90s': '1m30s', PT1H30M: '1h30m', P1DT12H: '1d12h', '1500ms': '1s500ms', '0s': '0s' }
  for (const [text, shown] of Object.entries(cases)) {
    expect(durationScalar.serialize(durationScalar.parseValue(text)), text).toBe(shown)
    expect(durationScalar.serialize(durationScalar.parseLiteral(parseValue(`"${text}"`), {}))).toBe(shown)
  }
  for (const value of ['', '5', 30, '30m1h', 'P1M', 'P1Y', '-5s', `${'9'.repeat(11)}d`.repeat(9), null]) {
    expect(() => durationScalar.parseValue(value), String(value)).toThrow(/a span such as 30s/)
  }
  expect(() => durationScalar.parseLiteral(parseValue('30'), {})).toThrow(/a span/)
  for (const value of ['30s', 1.5, -1, null])
    expect(() => durationScalar.serialize(value)).toThrow(/whole milliseconds/)
})

test('TimeZone is a name, and no more is asked of it here', () => {
  expect(timeZoneScalar.parseValue('Mars/Phobos')).toBe('Mars/Phobos')
  expect(timeZoneScalar.parseLiteral(parseValue('"UTC"'), {})).toBe('UTC')
  for (const value of [1, null, 'x'.repeat(65)]) expect(() => timeZoneScalar.parseValue(value)).toThrow(/a name/)
  expect(() => timeZoneScalar.parseLiteral(parseValue('UTC'), {})).toThrow(/a name/)
})
