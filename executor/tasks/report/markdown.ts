import type { Cell } from './csv.ts'

// With `://`, `@` and `www.`, because GitHub's Markdown makes links of bare addresses.
const SPECIAL = /[\\`*_{}[\]()<>#+!|~&$@]|:(?=\/\/)|(?<=www)\./gi
const NUMBER = /^-?\d+(?:\.\d+)?$/

/** A table. Columns of numbers stand to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '*None.*\n'
  const rules = header.map((_, column) => (rows.every((row) => NUMBER.test(String(row[column] ?? 0))) ? '--:' : '---'))
  const lines = [header.map(markdownText), rules, ...rows.map((row) => row.map(markdownCell))]
  return lines.map((line) => `| ${line.join(' | ')} |\n`).join('')
}

/** Text that means only itself in Markdown: no markup, no HTML, no link, one line. */
export function markdownText(text: string): string {
  return text.replace(/[\s\u0085\u2028\u2029]+/g, ' ').replace(SPECIAL, (mark) => `\\${mark}`)
}

function markdownCell(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'number' ? String(cell) : markdownText(cell)
}
