import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StackError } from './config.ts'
import { findTool, HINTS, javaMajor, needTool, run, tail } from './tools.ts'

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_401"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['nothing of the kind', undefined],
])('the version in %s is %s', (text, major) => {
  expect(javaMajor(text)).toBe(major)
})

test('a missing program is named together with what to install', () => {
  expect(findTool('mvn', '/nowhere')).toBeUndefined()
  expect(() => needTool('no-such-program')).toThrow(new StackError('no-such-program is missing'))
})

const TO_INSTALL: readonly (readonly [tool: string, saying: RegExp])[] = [
  ['java', /^Java 17 or newer is missing: install openjdk-17-jre-headless \(apt\)/],
  ['mvn', /^Maven is missing, .*: install maven \(apt, brew\)/],
  ['apt-get', /^apt-get is missing, which downloads MySQL/],
  ['dpkg-deb', /^dpkg-deb is missing, .*: install dpkg/],
  ['mariadb-install-db', /^mariadb-install-db is missing: install mariadb-server-core and mariadb-client-core \(apt\)/],
]

test.each(TO_INSTALL)('where %s is missing, it is said what to install', (tool, saying) => {
  const absent = (): undefined => undefined
  expect(() => needTool(tool, absent)).toThrow(StackError)
  expect(() => needTool(tool, absent)).toThrow(saying)
  expect(needTool(tool, (name) => `/there/${name}`)).toBe(`/there/${tool}`)
})

test('each program that is asked for by name has a hint, and each hint is for one', () => {
  const sources = globSync('*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'))
  const code = sources.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('')
  const needed = new Set([...code.matchAll(/needTool\('([^']+)'\)/g)].map(([, name]) => name ?? ''))
  // Asked for only after `needMariadb` has installed it.
  needed.delete('mariadbd')
  expect(Object.keys(HINTS).toSorted()).toEqual([...needed].toSorted())
  expect(TO_INSTALL.map(([tool]) => tool).toSorted()).toEqual([...needed].toSorted())
})

test('what a program printed is returned, and its end told when it fails', async () => {
  const options = { timeoutMs: 10_000 }
  expect(await run(process.execPath, ['-e', 'console.log(1); console.error(2)'], options)).toMatch(/1\n|2\n/)
  const failing = run(process.execPath, ['-e', 'console.error("why"); process.exit(3)'], options)
  await expect(failing).rejects.toThrow(/ended with 3:\nwhy/)
})

test('a program that does not end is ended', async () => {
  const endless = run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 300 })
  await expect(endless).rejects.toThrow(/took longer than 0.3 s/)
})

test('the end of a text is its last lines, without colours', () => {
  expect(tail(Array.from({ length: 40 }, (_, line) => `\u001b[0m${line}`).join('\n')).split('\n')).toHaveLength(15)
  expect(tail('\u001b[0mred\n')).toBe('red')
})
