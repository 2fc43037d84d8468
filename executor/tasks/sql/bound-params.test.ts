import { expect, test } from 'vitest'
import { boundInSqlite, misfit } from './bound-params.ts'

test.each([
  ['select 1', []],
  ['select ?, ? where a=?', ['?', '?', '?']],
  ["select '?', 'it''s ?', \"a?\", `b?`, [c?], x'00' -- ?\n, ? /* ? */", ['?']],
  ["select '?' || ? || '?' /* ? never ends", ['?']],
  ['select a$b, é$x, j ->> ?, 1e5, a?', ['?', '?']],
  ['select ?1, :name, @name, $name, $a::b', ['?1', ':name', '@name', '$name', '$a::b']],
] as const)('%s binds %j', (text, params) => {
  expect(boundInSqlite(text)).toEqual(params)
})

test('as many values as ? fit, and others are told in numbers', () => {
  expect([misfit(0, 0), misfit(2, 2)]).toEqual([undefined, undefined])
  expect(misfit(2, 1)).toBe('it has 2 ? and params has 1 value')
  expect(misfit(0, 3)).toBe('it has 0 ? and params has 3 values')
})
