import { afterEach, expect, test } from 'vitest'
import { armFailPoint, disarmFailPoint, failPoint } from './fail-point.ts'

afterEach(disarmFailPoint)

test('the process dies at the hit that was asked for, and at no other place', () => {
  let deaths = 0
  armFailPoint('scheduler.before-commit', 2, () => deaths++)
  failPoint('scheduler.after-commit')
  failPoint('scheduler.before-commit')
  expect(deaths).toBe(0)
  failPoint('scheduler.before-commit')
  expect(deaths).toBe(1)
  failPoint('scheduler.before-commit')
  expect(deaths).toBe(1)
})

test('a place that does not exist cannot be armed', () => {
  expect(() => armFailPoint('scheduler.befor-commit', 1)).toThrow(RangeError)
})
