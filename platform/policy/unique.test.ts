import { expect, test } from 'vitest'
import { uniqueValue } from './unique.ts'

test.each([
  ['id', { id: 7 }, '7'],
  ['id', { id: '7' }, '"7"'],
  ['customer.id', { customer: { id: 'a' } }, '"a"'],
  ['items.1', { items: ['x', 'y'] }, '"y"'],
  ['at', { at: { b: 1, a: [{ d: 2, c: 3 }] } }, '{"a":[{"c":3,"d":2}],"b":1}'],
  ['id', {}, null],
  ['id', { id: null }, null],
  ['id.of', { id: 'text' }, null],
  ['length', [], '0'],
  ['toString', {}, null],
  ['__proto__', {}, null],
] as const)('the value at %s of %j is %s', (key, params, value) => {
  expect(uniqueValue({ key }, JSON.stringify(params))).toBe(value)
})
