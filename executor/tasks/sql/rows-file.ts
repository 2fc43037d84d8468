import { type Cell, csv } from '../report/csv.ts'
import { markdownText } from '../report/markdown.ts'

/** How rows are written. */
export type RowFormat = 'CSV' | 'JSON' | 'MARKDOWN'

/** Rows that were written. */
export interface RowsFile {
  readonly columns: readonly string[]
  readonly rowCount: number
  /** There were more rows, or longer cells; the file says so at its end. */
  readonly isTruncated: boolean
  readonly content: string
}

/** Writes the rows of one answer. */
export interface RowsWriter {
  /** @returns whether another row is wanted; what is added afterwards is left out */
  add(values: readonly unknown[]): boolean
  end(): RowsFile
}

/** Name and media type of a file of rows. */
export const ROW_FILES: Readonly<Record<RowFormat, { readonly name: string; readonly mediaType: string }>> = {
  CSV: { name: 'rows.csv', mediaType: 'text/csv; charset=utf-8' },
  JSON: { name: 'rows.json', mediaType: 'application/json' },
  MARKDOWN: { name: 'rows.md', mediaType: 'text/markdown; charset=utf-8' },
}

/** What an artefact may have in every storage: a task does not know which one there is. */
const FILE_BYTES_MAX = 1024 * 1024
/** Bytes for the end of the file, with the mark of one that was cut. */
const END_BYTES = 256
const CELL_CHARACTERS_MAX = 32 * 1024
const CUT_MARK = ' … (cut)'

/** Opens a file that takes at most `rowsMax` rows, and as many as an artefact holds in every storage. */
export function openRowsWriter(
  format: RowFormat,
  columns: readonly string[],
  rowsMax: number,
  bytesMax = FILE_BYTES_MAX,
): RowsWriter {
  const { begin, row, end } = FORMATS[format]
  const parts = [begin(columns)]
  let bytes = Buffer.byteLength(parts[0] ?? '') + END_BYTES
  let rowCount = 0
  let isTruncated = false
  let isFull = bytes > bytesMax

  return {
    add(values) {
      if (isFull || rowCount === rowsMax) {
        isTruncated = true
        isFull = true
        return false
      }
      const cells = values.map(cellOf)
      const text = row(cells, rowCount)
      bytes += Buffer.byteLength(text)
      if (bytes > bytesMax) {
        isTruncated = true
        isFull = true
        return false
      }
      if (cells.some((cell) => typeof cell === 'string' && cell.length > CELL_CHARACTERS_MAX)) isTruncated = true
      parts.push(text)
      rowCount += 1
      return true
    },
    end: () => ({ columns, rowCount, isTruncated, content: parts.join('') + end(isTruncated, rowCount) }),
  }
}

type Format = {
  begin(columns: readonly string[]): string
  row(cells: readonly Cell[], index: number): string
  end(isTruncated: boolean, rowCount: number): string
}

const FORMATS: Readonly<Record<RowFormat, Format>> = {
  CSV: {
    begin: (columns) => csv([columns]),
    row: (cells) => csv([cells]),
    end: (isTruncated, rowCount) => (isTruncated ? csv([[cutText(rowCount)]]) : ''),
  },
  JSON: {
    begin: (columns) => `{"columns":${JSON.stringify(columns)},"rows":[`,
    row: (cells, index) => `${index === 0 ? '' : ','}\n${JSON.stringify(cells)}`,
    end: (isTruncated, rowCount) => `\n],"rowCount":${rowCount},"isTruncated":${isTruncated}}\n`,
  },
  MARKDOWN: {
    begin: (columns) => line(columns) + line(columns.map(() => '---')),
    row: line,
    end: (isTruncated, rowCount) => (isTruncated ? `\n*${cutText(rowCount)}*\n` : ''),
  },
}

function cutText(rowCount: number): string {
  return `(cut: there is more than these ${rowCount} rows show)`
}

function line(cells: readonly Cell[]): string {
  const texts = cells.map((cell) => (typeof cell === 'string' && cell !== '---' ? markdownText(cell) : (cell ?? '')))
  return `| ${texts.join(' | ')} |\n`
}

/** A database's value as a cell: what a number cannot hold exactly is text, bytes are base64. */
export function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    case 'boolean':
      return value ? 1 : 0
    case 'string':
      return shortCell(value.toWellFormed())
    case 'object':
      return value === null ? null : shortCell(objectText(value))
    default:
      return null
  }
}

function objectText(value: object): string {
  if (value instanceof Uint8Array) {
    // Whole groups of three bytes, so that what is kept can be read.
    const kept = value.subarray(0, CELL_CHARACTERS_MAX)
    const text = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength).toString('base64')
    return kept.length < value.length ? text.padEnd(CELL_CHARACTERS_MAX + 1, '=') : text
  }
  return value instanceof Date ? value.toISOString() : JSON.stringify(value)
}

function shortCell(text: string): string {
  return text.length <= CELL_CHARACTERS_MAX ? text : `${text.slice(0, CELL_CHARACTERS_MAX).toWellFormed()}${CUT_MARK}`
}
