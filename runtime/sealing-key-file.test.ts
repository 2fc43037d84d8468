import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { sealingKeyFrom } from './sealing-key-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'key-'))
const path = join(folder, 'webhook.key')

afterEach(() => rmSync(path, { force: true }))

test('a key is made once, for its owner alone, and found again', () => {
  const made = sealingKeyFrom(path)
  expect(made).toHaveLength(32)
  expect(sealingKeyFrom(path)).toEqual(made)
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path, 'utf8').trim()).toBe(Buffer.from(made).toString('base64'))
})

test('a file that holds something else is refused, and left as it is', () => {
  writeFileSync(path, 'short')
  expect(() => sealingKeyFrom(path)).toThrow('webhook.key holds no key of 32 bytes')
  expect(readFileSync(path, 'utf8')).toBe('short')
})
