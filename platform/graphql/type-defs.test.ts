import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { readTypeDefs } from './type-defs.ts'

test('an SDL is its file, then those of the folder beside it, in the order of their names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-sdl-'))
  const file = join(folder, 'jobs.graphql')
  writeFileSync(file, 'type A')
  expect(readTypeDefs(pathToFileURL(file))).toBe('type A')
  mkdirSync(join(folder, 'jobs'))
  writeFileSync(join(folder, 'jobs', 'c.graphql'), 'type C')
  writeFileSync(join(folder, 'jobs', 'b.graphql'), 'type B')
  writeFileSync(join(folder, 'jobs', 'notes.md'), 'no type')
  expect(readTypeDefs(pathToFileURL(file))).toBe('type A\ntype B\ntype C')
})
