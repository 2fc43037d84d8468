import type { Reader, Unit } from '#platform/database'
import type { IncomingRecord } from '../messaging.ts'
import type { Arrival } from './arrival.ts'
import { RECORD_COLUMNS, type RecordRow, recordFrom, recordValues } from './stored-record.ts'

const COLUMNS = ['consumer', 'stream', 'version', ...RECORD_COLUMNS] as const
const LOADED_ROWS_MAX = 500

/** Keeps records that came after a gap. Those that are kept already stay as they are. */
export async function hold(unit: Unit, consumer: string, arrivals: readonly Arrival[]): Promise<void> {
  const rows = arrivals.map(({ stream, version, record }) => [consumer, stream, version, ...recordValues(record)])
  await unit.insertMany('inbox_waiting', COLUMNS, rows, 'ignore')
}

/** Lets go of what a stream's mark has reached. @returns how many still wait */
export async function letGo(unit: Unit, consumer: string, stream: string, version: number): Promise<number> {
  await unit.run('delete from inbox_waiting where consumer = ? and stream = ? and version <= ?', [
    consumer,
    stream,
    version,
  ])
  const rows = await unit.get<{ waiting: number }>(
    'select count(*) as waiting from inbox_waiting where consumer = ? and stream = ?',
    [consumer, stream],
  )
  return Number(rows?.waiting ?? 0)
}

/** The next records that wait in some streams, in order. */
export async function waitingRecords(
  reader: Reader,
  consumer: string,
  streams: Iterable<string>,
): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = []
  for (const stream of streams) {
    const rows = await reader.all<RecordRow>(
      `select ${RECORD_COLUMNS.join(', ')} from inbox_waiting
       where consumer = ? and stream = ? order by version limit ${LOADED_ROWS_MAX}`,
      [consumer, stream],
    )
    for (const row of rows) records.push(recordFrom(row))
  }
  return records
}

/** The streams in which records wait. */
export async function waitingStreams(reader: Reader, consumer: string): Promise<string[]> {
  const rows = await reader.all<{ stream: string }>(
    'select distinct stream from inbox_waiting where consumer = ? order by stream',
    [consumer],
  )
  return rows.map((row) => row.stream)
}
