import { expect, test } from 'vitest'
import { cellOf, openRowsWriter, type RowFormat } from './rows-file.ts'

test.each([
  [null, null],
  [1.5, 1.5],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [12n, 12],
  [9_007_199_254_740_993n, '9007199254740993'],
  [true, 1],
  ['a\ud800', 'a\ufffd'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [Buffer.from('hi'), 'aGk='],
  [{ a: [1] }, '{"a":[1]}'],
  [undefined, null],
])('%s is the cell %s', (value, cell) => {
  expect(cellOf(value)).toBe(cell)
})

test.each(['CSV', 'JSON', 'MARKDOWN'] as const)(
  '%s never takes more bytes than it may, whatever is in the cells',
  (format: RowFormat) => {
    for (const cell of ['"', '\\', '|', '\u0000', '🔔', '\n', '=']) {
      const rows = openRowsWriter(format, ['a', 'b'], 1_000_000, 5_000)
      while (rows.add([cell.repeat(20), 1]));
      const { content, isTruncated, rowCount } = rows.end()
      expect(Buffer.byteLength(content), cell).toBeLessThanOrEqual(5_000)
      expect(Buffer.byteLength(content)).toBeGreaterThan(4_000)
      expect([isTruncated, rowCount > 10]).toEqual([true, true])
      if (format === 'JSON') expect(JSON.parse(content)).toMatchObject({ rowCount, isTruncated: true })
    }
  },
)

test('a long cell is cut and marked, and the file says so', () => {
  const rows = openRowsWriter('JSON', ['a', 'b'], 10)
  rows.add(['x'.repeat(40_000), Buffer.alloc(40_000)])
  const { content, isTruncated, rowCount } = rows.end()
  expect([isTruncated, rowCount]).toEqual([true, 1])
  const [[text, bytes]] = (JSON.parse(content) as { rows: [[string, string]] }).rows
  for (const cell of [text, bytes]) expect(cell.endsWith(' … (cut)')).toBe(true)
})

test('an answer without rows, and one without columns, are files too', () => {
  expect(openRowsWriter('CSV', ['a'], 10).end()).toMatchObject({ content: 'a\r\n', rowCount: 0, isTruncated: false })
  expect(openRowsWriter('JSON', [], 10).end().content).toBe(
    '{"columns":[],"rows":[\n],"rowCount":0,"isTruncated":false}\n',
  )
})
