import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What the disk and the database give when nothing stands before them. */
export interface RawFigures {
  readonly commitsPerSecond: number
  readonly rowsPerSecond: number
}

const MEASURE_MS = 2_000
const ROWS_A_COMMIT = 1_000

/** Inserts rows of some 400 bytes into a table with one more index, synced at each commit. */
export function rawSqlite(): RawFigures {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-raw-'))
  const database = new DatabaseSync(join(folder, 'raw.sqlite'))
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  database.exec('create table t (id integer primary key, stream text, version integer, payload text)')
  database.exec('create unique index t_stream on t (stream, version)')
  const insert = database.prepare('insert into t (stream, version, payload) values (?, ?, ?)')
  const payload = 'x'.repeat(300)
  let rows = 0
  const measure = (rowsACommit: number): number => {
    const before = rows
    const startedMs = performance.now()
    while (performance.now() - startedMs < MEASURE_MS) {
      database.exec('begin immediate')
      for (let row = 0; row < rowsACommit; row++) insert.run(`stream-${rows++}`, 1, payload)
      database.exec('commit')
    }
    return ((rows - before) / (performance.now() - startedMs)) * 1_000
  }
  const figures = { commitsPerSecond: measure(1), rowsPerSecond: measure(ROWS_A_COMMIT) }
  database.close()
  rmSync(folder, { recursive: true, force: true })
  return figures
}
