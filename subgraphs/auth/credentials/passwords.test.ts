import { expect, test } from 'vitest'
import { authConfig, authEnvironment } from '../config.ts'
import { openPasswords } from './passwords.ts'

const cheap = { memoryKib: 64, passes: 1, lanes: 1 }
const options = { parameters: cheap, runningMax: 2, waitingMax: 10 }

test('a password matches its own hash and no other', async () => {
  const passwords = await openPasswords(options)
  const hash = await passwords.hash('12345')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
  expect(await passwords.hash('12345')).not.toBe(hash)
  expect(await passwords.matches('12345', hash)).toBe(true)
  expect(await passwords.matches('12346', hash)).toBe(false)
  expect(await passwords.matches('', hash)).toBe(false)
})

test('nothing matches where there is no hash, and the same work is done', async () => {
  const passwords = await openPasswords({ ...options, parameters: { memoryKib: 4_096, passes: 2, lanes: 1 } })
  const hash = await passwords.hash('12345')
  const timeOf = async (stored: string | undefined): Promise<number> => {
    const startMs = performance.now()
    expect(await passwords.matches('wrong', stored)).toBe(false)
    return performance.now() - startMs
  }
  const known: number[] = []
  const unknown: number[] = []
  for (let times = 0; times < 15; times++) {
    known.push(await timeOf(hash))
    unknown.push(await timeOf(undefined))
  }
  // Coarse on purpose: without the decoy the second would be hundreds of times less.
  expect(median(unknown)).toBeGreaterThan(median(known) / 3)
})

test('two spellings of one character are one password', async () => {
  const passwords = await openPasswords(options)
  expect(await passwords.matches('cafe\u0301s', await passwords.hash('caf\u00e9s'))).toBe(true)
})

test('a hash is outdated when one parameter has risen, not when it has sunk', async () => {
  const passwords = await openPasswords(options)
  const hash = await passwords.hash('12345')
  const isOutdatedBy = async (changed: object): Promise<boolean> =>
    (await openPasswords({ ...options, parameters: { ...cheap, ...changed } })).isOutdated(hash)
  expect(await isOutdatedBy({})).toBe(false)
  expect(await isOutdatedBy({ memoryKib: 128 })).toBe(true)
  expect(await isOutdatedBy({ passes: 2 })).toBe(true)
  expect(await isOutdatedBy({ memoryKib: 32 })).toBe(false)
})

test('by default a hash costs what OWASP asks for', () => {
  const { hash } = authConfig(authEnvironment.parse({}))
  expect(hash.parameters).toEqual({ memoryKib: 19_456, passes: 2, lanes: 1 })
  expect(hash.runningMax).toBe(2)
})

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
