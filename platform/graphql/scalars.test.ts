import { parseValue } from 'graphql'
import { expect, test } from 'vitest'
import { dateTimeScalar, jsonScalar } from './scalars.ts'

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
