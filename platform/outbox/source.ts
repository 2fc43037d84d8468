import { type TopicName, topics } from '#avro'
import type { Database, Row } from '#platform/database'

/** A record as a messaging adapter reads it: the body is Avro without a schema id, which is the adapter's to add. */
export interface OutboxRecord {
  readonly position: number
  readonly topic: string
  readonly partition: number
  readonly key: string
  readonly schema: string
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly recordedAt: Date
}

/** An outbox, read in commit order. */
export interface OutboxSource {
  readonly name: string
  /** The topics that it may hold records of. */
  readonly topics: readonly string[]
  read(topic: string, partition: number, afterPosition: number, limit: number): Promise<readonly OutboxRecord[]>
  /** The last position of each partition that has records. */
  heads(): Promise<readonly PartitionHead[]>
  /** The last position of each partition among the first thousands of records above a position. */
  headsAfter(afterPosition: number): Promise<readonly PartitionHead[]>
  /** How many records lie above a position, at most `limit`. */
  count(topic: string, partition: number, afterPosition: number, limit: number): Promise<number>
  /** Calls back after each commit of this process that may have added records. A hint, never a promise. */
  onCommit(listener: () => void): () => void
}

/** How far a partition goes. */
export interface PartitionHead {
  readonly topic: string
  readonly partition: number
  readonly position: number
}

const HEADS_ROWS_MAX = 5_000

interface OutboxRow {
  readonly position: number
  readonly record_key: string
  readonly record_schema: string
  readonly body: Uint8Array
  readonly stream: string
  readonly version: number
  readonly previous: number
  readonly correlation_id: string
  readonly recorded_at: number
}

/** Opens the outbox of a database for reading. */
export function openOutbox(database: Database, carried: readonly TopicName[]): OutboxSource {
  const { feedOrder: order } = database.dialect
  return {
    name: database.name,
    topics: carried,
    async read(topic, partition, afterPosition, limit) {
      const rows = await database.reader.all<OutboxRow>(
        `select position, record_key, record_schema, body, stream, version, previous, correlation_id, recorded_at
         from outbox where topic = ? and partition_no = ? and ${order} > ? order by ${order} limit ?`,
        [topic, partition, afterPosition, limit],
      )
      return rows.map((row) => outboxRecord(topic, partition, row))
    },
    async count(topic, partition, afterPosition, limit) {
      const row = await database.reader.get<{ records: number }>(
        `select count(*) as records from
           (select 1 from outbox where topic = ? and partition_no = ? and ${order} > ? limit ?) above`,
        [topic, partition, afterPosition, limit],
      )
      return row?.records ?? 0
    },
    async heads() {
      const heads: PartitionHead[] = []
      for (const topic of carried) heads.push(...(await headsOf(database, topic)))
      return heads
    },
    // The inner limit keeps the planner from grouping along the index of partitions, which would read all of it.
    headsAfter: (afterPosition) =>
      database.reader.all<PartitionHead & Row>(
        `select topic, partition_no as "partition", max(position) as position
         from (select topic, partition_no, ${order} as position from outbox
               where ${order} > ? order by ${order} limit ${HEADS_ROWS_MAX}) newest
         group by topic, partition_no`,
        [afterPosition],
      ),
    onCommit: (listener) => database.onCommit(listener),
  }
}

/** One look into the index for each partition, however many records there are. */
async function headsOf({ reader, dialect }: Database, topic: TopicName): Promise<readonly PartitionHead[]> {
  const heads: PartitionHead[] = []
  for (let partition = 0; partition < topics[topic].partitions; partition++) {
    const row = await reader.get<{ position: number | null }>(
      `select max(${dialect.feedOrder}) as position from outbox where topic = ? and partition_no = ?`,
      [topic, partition],
    )
    if (row?.position) heads.push({ topic, partition, position: row.position })
  }
  return heads
}

const PRUNED_ROWS_MAX = 5_000

/**
 * Drops records that were written before an instant, in one bounded batch.
 *
 * @returns how many were dropped; call again while it is not 0
 */
export async function pruneOutbox(database: Database, before: Date): Promise<number> {
  return database.unit(['outbox'], async (unit) => {
    const last = await unit.get<{ id: number }>(
      'select max(id) as id from (select id, recorded_at from outbox order by id limit ?) oldest where recorded_at < ?',
      [PRUNED_ROWS_MAX, before.getTime()],
    )
    return last?.id ? unit.run('delete from outbox where id <= ?', [last.id]) : 0
  })
}

function outboxRecord(topic: string, partition: number, row: OutboxRow): OutboxRecord {
  return {
    position: row.position,
    topic,
    partition,
    key: row.record_key,
    schema: row.record_schema,
    body: row.body,
    headers: {
      stream: row.stream,
      version: String(row.version),
      previous: String(row.previous),
      correlation: row.correlation_id,
    },
    recordedAt: new Date(row.recorded_at),
  }
}
