import { describe, expect, test } from 'vitest'
import { flowKeyOf, isFlowLimited, priorityRank } from './flow-key.ts'
import { defaultPolicy } from './policy.ts'

const keyed = { ...defaultPolicy, concurrencyKey: 'params.customer.id' }

describe('the key of an execution', () => {
  test.each([
    ['{"customer":{"id":"acme"}}', 'params.customer.id=acme'],
    ['{"customer":{"id":7}}', 'params.customer.id=7'],
    ['{"customer":{"id":{"a":[1]}}}', 'params.customer.id={"a":[1]}'],
    ['{"customer":{"id":""}}', 'params.customer.id='],
    ['{"customer":{"id":null}}', 'job=j1'],
    ['{"customer":"acme"}', 'job=j1'],
    ['{}', 'job=j1'],
    ['[1]', 'job=j1'],
  ])('of %s is %s', (params, key) => {
    expect(flowKeyOf(keyed, params, 'j1')).toBe(key)
  })

  test('is its job where no path is named; what objects have of their own accord is no param', () => {
    expect(flowKeyOf(defaultPolicy, '{"customer":{"id":"acme"}}', 'j1')).toBe('job=j1')
    expect(flowKeyOf({ ...defaultPolicy, concurrencyKey: 'params.constructor.name' }, '{}', 'j1')).toBe('job=j1')
  })
})

test('limits are few: an execution has none unless its job sets one', () => {
  expect(isFlowLimited(keyed)).toBe(false)
  expect(isFlowLimited({ ...keyed, concurrencyMax: 1 })).toBe(true)
  expect(isFlowLimited({ ...keyed, rate: { perMinute: 1, burst: 1 } })).toBe(true)
})

test('the highest priority ranks first', () => {
  expect([9, 5, 0].map((priority) => priorityRank({ priority }))).toEqual([0, 4, 9])
})
