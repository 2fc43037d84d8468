import type { Reader, Unit, Value } from '#platform/database'
import type { IncomingRecord } from '../messaging.ts'
import type { Arrival, Poison } from './arrival.ts'
import type { QuarantineReason } from './delivery.ts'
import { RECORD_COLUMNS, type RecordRow, recordFrom, recordValues } from './stored-record.ts'

/** A record that was parked. */
export interface QuarantinedRecord {
  readonly id: number
  readonly consumer: string
  readonly record: IncomingRecord
  readonly schemaId: number | null
  readonly reason: QuarantineReason
  readonly message: string
  readonly quarantinedAt: Date
  readonly replayedAt: Date | null
  readonly discardedAt: Date | null
}

/** A row of `quarantine`. */
export interface QuarantineRow extends RecordRow {
  readonly id: number
  readonly consumer: string
  readonly schema_id: number | null
  readonly reason: QuarantineReason
  readonly message: string
  readonly quarantined_at: number
  readonly replayed_at: number | null
  readonly discarded_at: number | null
  readonly decided_at: number | null
  readonly decided_by: string | null
  readonly note: string | null
  readonly redrives: number | null
  readonly announced: number | null
}

const COLUMNS = [
  'consumer',
  'stream',
  'version',
  ...RECORD_COLUMNS,
  'schema_id',
  'reason',
  'message',
  'quarantined_at',
] as const
/** What selects parked records, up to its WHERE. */
export const QUARANTINE_ROWS = `select id, consumer, ${RECORD_COLUMNS.join(', ')}, schema_id, reason, message, quarantined_at,
  replayed_at, discarded_at, decided_at, decided_by, note, redrives, announced from quarantine`
const MESSAGE_CHARACTERS_MAX = 1_000
const LISTED_MAX = 100

/** Parks records. One that is parked already stays as it is. */
export async function park(
  unit: Unit,
  consumer: string,
  parked: readonly { readonly arrival: Arrival; readonly poison: Poison }[],
): Promise<void> {
  const rows = parked.map(
    ({ arrival: { stream, version, record }, poison: { schemaId, reason, message } }): Value[] => [
      consumer,
      stream,
      version,
      ...recordValues(record),
      schemaId,
      reason,
      message.slice(0, MESSAGE_CHARACTERS_MAX),
      unit.now.getTime(),
    ],
  )
  await unit.insertMany('quarantine', COLUMNS, rows, 'ignore')
}

/** Records that were parked, and neither put back nor discarded, the oldest first, at most 100: go on `after` the last one's id. */
export async function quarantined(reader: Reader, { after = 0 } = {}): Promise<readonly QuarantinedRecord[]> {
  const rows = await reader.all<QuarantineRow>(
    `${QUARANTINE_ROWS} where replayed_at is null and discarded_at is null and id > ? order by id limit ${LISTED_MAX}`,
    [after],
  )
  return rows.map(quarantinedRecord)
}

/** A record that was parked, whatever became of it since. */
export async function quarantinedById(reader: Reader, id: number): Promise<QuarantinedRecord | undefined> {
  const row = await reader.get<QuarantineRow>(`${QUARANTINE_ROWS} where id = ?`, [id])
  return row && quarantinedRecord(row)
}

function quarantinedRecord(row: QuarantineRow): QuarantinedRecord {
  return {
    id: row.id,
    consumer: row.consumer,
    record: recordFrom(row),
    schemaId: row.schema_id,
    reason: row.reason,
    message: row.message,
    quarantinedAt: new Date(row.quarantined_at),
    replayedAt: row.replayed_at === null ? null : new Date(row.replayed_at),
    discardedAt: row.discarded_at === null ? null : new Date(row.discarded_at),
  }
}
