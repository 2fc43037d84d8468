import type { Database, Reader, Unit, Value } from '#platform/database'
import type { Schemas } from '#platform/schemas'
import type { IncomingRecord, Messaging } from '../messaging.ts'
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
}

interface QuarantineRow extends RecordRow {
  readonly id: number
  readonly consumer: string
  readonly schema_id: number | null
  readonly reason: QuarantineReason
  readonly message: string
  readonly quarantined_at: number
  readonly replayed_at: number | null
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
const SELECT = `select id, consumer, ${RECORD_COLUMNS.join(', ')}, schema_id, reason, message, quarantined_at, replayed_at
  from quarantine`
const MESSAGE_CHARACTERS_MAX = 1_000
const LISTED_MAX = 100
const ANNOUNCED_MAX = 100
/** A longer value stays in the table alone: with what goes beside it, it would not fit its topic. */
const ANNOUNCED_BYTES_MAX = 1_000_000

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

/** Records that were parked and not yet put back, the oldest first, at most 100: go on `after` the last one's id. */
export async function quarantined(reader: Reader, { after = 0 } = {}): Promise<readonly QuarantinedRecord[]> {
  const rows = await reader.all<QuarantineRow>(
    `${SELECT} where replayed_at is null and id > ? order by id limit ${LISTED_MAX}`,
    [after],
  )
  return rows.map(quarantinedRecord)
}

/** A record that was parked, put back since or not. */
export async function quarantinedById(reader: Reader, id: number): Promise<QuarantinedRecord | undefined> {
  const row = await reader.get<QuarantineRow>(`${SELECT} where id = ?`, [id])
  return row && quarantinedRecord(row)
}

/** Marks a record as put back. @returns false when it was before */
export async function markReplayed(unit: Unit, id: number): Promise<boolean> {
  const changed = await unit.run('update quarantine set replayed_at = ? where id = ? and replayed_at is null', [
    unit.now.getTime(),
    id,
  ])
  return changed === 1
}

/** What announcing needs. */
export interface Announcing {
  readonly messaging: Messaging
  readonly schemas: Schemas
  readonly database: Database
  readonly consumer: string
}

/** Tells the `quarantine` topic of parked records, each at least once. */
export async function announce({ messaging, schemas, database, consumer }: Announcing): Promise<void> {
  for (;;) {
    const rows = await database.reader.all<QuarantineRow>(
      `${SELECT} where consumer = ? and announced_at is null order by id limit ${ANNOUNCED_MAX}`,
      [consumer],
    )
    if (rows.length === 0) return
    const id = await schemas.register('carillon.platform.RecordQuarantined')
    await messaging.produce(
      rows.map((row) => ({
        topic: 'quarantine',
        key: row.record_key,
        value: schemas.frame(id, schemas.encode('carillon.platform.RecordQuarantined', announcement(row))),
        headers: {},
      })),
    )
    await database.unit([`quarantine:${consumer}`], async (unit) => {
      for (const row of rows) {
        await unit.run('update quarantine set announced_at = ? where id = ?', [unit.now.getTime(), row.id])
      }
    })
  }
}

function announcement(row: QuarantineRow) {
  const fits = row.value !== null && row.value.length <= ANNOUNCED_BYTES_MAX
  return {
    consumer: row.consumer,
    topic: row.topic,
    partition: row.partition_no,
    offset: String(row.record_offset),
    key: row.record_key,
    value: fits ? Buffer.from(row.value) : null,
    schemaId: row.schema_id,
    reason: row.reason,
    message: row.message,
    quarantinedAt: new Date(row.quarantined_at),
  }
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
  }
}
