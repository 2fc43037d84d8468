import type { RecordQuarantined } from '#avro'
import type { Database } from '#platform/database'
import { publish } from '#platform/outbox'
import type { Schemas } from '#platform/schemas'
import { QUARANTINE_ROWS, type QuarantineRow } from './quarantine.ts'

/** What announcing needs. */
export interface Announcing {
  readonly schemas: Schemas
  readonly database: Database
  readonly consumer: string
}

const ANNOUNCED_MAX = 20
/** A longer value stays in the table alone: with what goes beside it, it would not fit its topic. */
const ANNOUNCED_BYTES_MAX = 1_000_000

/**
 * Tells the topic `quarantine` how parked records are, each change once: by the outbox, whose carrier must know the topic.
 */
export async function announce({ schemas, database, consumer }: Announcing): Promise<void> {
  const isMore = (): Promise<boolean> =>
    database.unit([`quarantine:${consumer}`], async (unit) => {
      const rows = await unit.all<QuarantineRow>(
        `${QUARANTINE_ROWS} where consumer = ? and announced_at is null order by id limit ${ANNOUNCED_MAX}${unit.dialect.lockRows}`,
        [consumer],
      )
      await publish(
        unit,
        schemas,
        rows.map((row) => {
          const previous = row.announced ?? 0
          const stream = `quarantine/${consumer}/${row.id}`
          const standing = { stream, version: previous + 1, previous, correlationId: stream }
          return { topic: 'quarantine', key: `${consumer}.${row.id}`, value: announcement(row), ...standing }
        }),
      )
      for (const { id } of rows) {
        const set = 'announced_at = ?, announced = coalesce(announced, 0) + 1'
        await unit.run(`update quarantine set ${set} where id = ?`, [unit.now.getTime(), id])
      }
      return rows.length === ANNOUNCED_MAX
    })
  // A look costs no transaction.
  const some = 'select id from quarantine where consumer = ? and announced_at is null limit 1'
  if (!(await database.reader.get(some, [consumer]))) return
  while (await isMore());
}

function announcement(row: QuarantineRow): RecordQuarantined {
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
    quarantineId: row.id,
    sizeBytes: row.value?.length ?? 0,
    state: stateOf(row),
    note: row.note ?? '',
    decidedBy: row.decided_by,
    decidedAt: row.decided_at === null ? null : new Date(row.decided_at),
    redrives: row.redrives ?? 0,
  }
}

function stateOf({ replayed_at, discarded_at }: QuarantineRow): RecordQuarantined['state'] {
  if (replayed_at !== null) return 'REDRIVEN'
  return discarded_at === null ? 'PARKED' : 'DISCARDED'
}
