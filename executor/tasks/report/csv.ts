/** A cell: numbers stay numbers, text is guarded, null is empty. */
export type Cell = string | number | null

// A spreadsheet runs a cell that begins so as a formula, also after white space, also in full-width forms
// (OWASP, "CSV Injection").
const FORMULA = /^[\s\uFEFF]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/
const NEEDS_QUOTES = /[",;\r\n\t]|^\s|\s$/

/** CSV by RFC 4180, lines ended by CR LF, safe to open in a spreadsheet: text that looks like a formula gets a leading `'`. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
