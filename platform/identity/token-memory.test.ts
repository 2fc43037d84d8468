import { expect, test } from 'vitest'
import type { Caller } from './caller.ts'
import { tokenMemory } from './token-memory.ts'

const caller = { userId: 'user-1' } as Caller

test('it never holds more than its bound, and keeps what is used', () => {
  const memory = tokenMemory(10)
  memory.remember('used', caller)
  for (let index = 0; index < 1_000; index++) {
    memory.remember(`token-${index}`, caller)
    expect(memory.recall('used')).toBe(caller)
  }
  const kept = Array.from({ length: 1_000 }, (_, index) => memory.recall(`token-${index}`)).filter(Boolean)
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThanOrEqual(10)
})

test('nothing is left once it is cleared', () => {
  const memory = tokenMemory()
  memory.remember('token', caller)
  const before = memory.generation()
  memory.clear()
  expect(memory.recall('token')).toBeUndefined()
  expect(memory.generation()).not.toBe(before)
})
