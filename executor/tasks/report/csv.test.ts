import { expect, test } from 'vitest'
import { csv } from './csv.ts'

test('lines end with CR LF, and what would break a cell is quoted', () => {
  expect(
    csv([
      ['a', 1, null],
      ['b,c', -2.5, 'say "hi"'],
      ['two\nlines', ' padded ', 'x;y'],
    ]),
  ).toBe('a,1,\r\n"b,c",-2.5,"say ""hi"""\r\n"two\nlines"," padded ","x;y"\r\n')
})

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =1',
  '\u00A0=1',
  '\uFEFF=1',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  '=HYPERLINK("http://evil.example/","x")',
])('text that a spreadsheet would run stays text: %j', (text) => {
  const [cell = ''] = csv([[text]]).split(/\r\n$/)
  expect(cell.replace(/^"/, '')).toMatch(/^'/)
})

test('a negative number stays a number', () => {
  expect(csv([[-1, -0.5]])).toBe('-1,-0.5\r\n')
})
