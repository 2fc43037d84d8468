import { expect, test } from 'vitest'
import { StackError } from './config.ts'
import { findTool, javaMajor, needTool, run, tail } from './tools.ts'

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
  expect(() => needTool('no-such-program')).toThrow(StackError)
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
