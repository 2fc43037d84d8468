import { expect, test } from 'vitest'
import { seal, sealingKey, unseal } from './sealing.ts'

const key = sealingKey(Buffer.alloc(32, 1))
const secret = Buffer.from('a secret of some bytes')

test('what was sealed is opened by its key, about the same thing, and never twice the same', () => {
  const sealed = seal(key, secret, 'webhook/w/h/1')
  expect(Buffer.from(unseal(key, sealed, 'webhook/w/h/1'))).toEqual(secret)
  expect(Buffer.from(sealed).includes(secret)).toBe(false)
  expect(seal(key, secret, 'webhook/w/h/1')).not.toEqual(sealed)
})

test('another key, another owner, and a change are noticed', () => {
  const sealed = seal(key, secret, 'webhook/w/h/1')
  expect(() => unseal(sealingKey(Buffer.alloc(32, 2)), sealed, 'webhook/w/h/1')).toThrow()
  expect(() => unseal(key, sealed, 'webhook/w/h/2')).toThrow()
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed)
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(() => unseal(key, changed, 'webhook/w/h/1'), `byte ${index}`).toThrow()
  }
  for (const length of [0, 12, 27]) expect(() => unseal(key, sealed.subarray(0, length), 'webhook/w/h/1')).toThrow()
})

test('a key is named without being told', () => {
  expect(key.id).toMatch(/^[\da-f]{16}$/)
  expect(sealingKey(Buffer.alloc(32, 2)).id).not.toBe(key.id)
})
