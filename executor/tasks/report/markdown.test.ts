import { expect, test } from 'vitest'
import { markdownTable, markdownText } from './markdown.ts'

test('text means only itself', () => {
  expect(markdownText('a|b\n# *c* `d` <img src=x onerror=y> [e](javascript:f) \\ ~g~')).toBe(
    'a\\|b \\# \\*c\\* \\`d\\` \\<img src=x onerror=y\\> \\[e\\]\\(javascript:f\\) \\\\ \\~g\\~',
  )
  expect(markdownText('http://evil.example www.evil.example me@evil.example')).toBe(
    'http\\://evil.example www\\.evil.example me\\@evil.example',
  )
})

test('a table keeps its columns whatever its cells hold, and numbers stand to the right', () => {
  const table = markdownTable(
    ['name', 'money', 'count'],
    [
      ['a|b', '1.50', 1],
      ['c\nd', '-2.00', null],
    ],
  )
  expect(table).toBe('| name | money | count |\n| --- | --: | --: |\n| a\\|b | 1.50 | 1 |\n| c d | -2.00 |  |\n')
})

test('a table without rows says so', () => {
  expect(markdownTable(['name'], [])).toBe('*None.*\n')
})
