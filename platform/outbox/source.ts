import { type TopicName, topics } from '#avro'
import type { Database, Row } from '#platform/database'
import { lastBefore } from './feeds.ts'
import { type KeptSchema, keptSchemas } from './kept-schemas.ts'
import { OUTBOX_COLUMNS, type OutboxRecord, type OutboxRow, outboxRecord } from './outbox-record.ts'
import { leastSent, type RelayShards, relayShards, unsentSince } from './relay-shards.ts'

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
  /** The schemas that its records were written with, whichever build wrote them. */
  schemas(): Promise<readonly KeptSchema[]>
  /** Calls back after each commit of this process that may have added records. A hint, never a promise. */
  onCommit(listener: () => void): () => void
  /** What a relay to a broker works with. `relay` is its name among those of this outbox. */
  shards(relay: string): RelayShards
  /** For how long the oldest record has waited for its relay, in milliseconds; 0 without one, or without a relay. */
  oldestUnsentMs(): Promise<number>
}

/** How far a partition goes. */
export interface PartitionHead {
  readonly topic: string
  readonly partition: number
  readonly position: number
}

const HEADS_ROWS_MAX = 5_000

/** Opens the outbox of a database for reading. */
export function openOutbox(database: Database, carried: readonly TopicName[]): OutboxSource {
  return {
    name: database.name,
    topics: carried,
    async read(topic, partition, afterPosition, limit) {
      const rows = await database.reader.all<OutboxRow>(
        `select ${OUTBOX_COLUMNS} from outbox where topic = ? and partition_no = ? and position > ? order by position limit ?`,
        [topic, partition, afterPosition, limit],
      )
      return rows.map(outboxRecord)
    },
    async count(topic, partition, afterPosition, limit) {
      const row = await database.reader.get<{ records: number }>(
        `select count(*) as records from
           (select 1 from outbox where topic = ? and partition_no = ? and position > ? limit ?) above`,
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
         from (select topic, partition_no, position from outbox
               where position > ? order by position limit ${HEADS_ROWS_MAX}) newest
         group by topic, partition_no`,
        [afterPosition],
      ),
    schemas: () => keptSchemas(database),
    onCommit: (listener) => database.onCommit(listener, ['insert outbox']),
    shards: (relay) => relayShards(database, relay),
    async oldestUnsentMs() {
      const since = await unsentSince(database)
      return since === undefined ? 0 : Math.max(0, (await database.now()).getTime() - since)
    },
  }
}

/** One look into the index for each partition, however many records there are. */
async function headsOf({ reader }: Database, topic: TopicName): Promise<readonly PartitionHead[]> {
  const heads: PartitionHead[] = []
  for (let partition = 0; partition < topics[topic].partitions; partition++) {
    const row = await reader.get<{ position: number | null }>(
      'select max(position) as position from outbox where topic = ? and partition_no = ?',
      [topic, partition],
    )
    if (row?.position) heads.push({ topic, partition, position: row.position })
  }
  return heads
}

/**
 * Drops records that were written before an instant, in one bounded batch. What a relay has not sent stays, however old.
 *
 * @returns how many were dropped; call again while it is not 0
 */
export async function pruneOutbox(database: Database, before: Date): Promise<number> {
  return database.unit(['outbox'], async (unit) => {
    const last = await lastBefore(unit, 'outbox', before)
    if (last === 0) return 0
    const sent = await leastSent(unit)
    return unit.run('delete from outbox where position <= ?', [Math.min(last, sent ?? last)])
  })
}
