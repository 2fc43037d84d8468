import { type Database, type Migration, migrate, type Value } from '#platform/database'
import { invariant } from '#platform/domain'
import { partitionOf, RecordTooLargeError } from '#platform/outbox'
import { TopicMismatchError, UnknownTopicError } from '../errors.ts'
import type { IncomingRecord, RecordToProduce, TopicSpec } from '../messaging.ts'
import { bodyBytes } from '../record-size.ts'

/** The topics, and the records that were produced directly, in a database of their own. */
export interface RecordStore {
  topic(name: string): TopicSpec
  createTopics(topics: readonly TopicSpec[]): Promise<void>
  append(records: readonly RecordToProduce[]): Promise<void>
  read(topic: string, partition: number, afterOffset: number, limit: number): Promise<readonly IncomingRecord[]>
  /** How many records a partition holds above an offset, at most `limit`. */
  count(topic: string, partition: number, afterOffset: number, limit: number): Promise<number>
  /** Whether a partition holds nothing above an offset; without asking the database. */
  isBelow(topic: string, partition: number, offset: number): boolean
  /** Calls back with the topics of each append. */
  onAppend(listener: (topics: ReadonlySet<string>) => void): () => void
}

interface RecordRow {
  readonly record_offset: number
  readonly record_key: string
  readonly value: Uint8Array | null
  readonly headers: string
  readonly produced_at: number
}

const COLUMNS = ['topic', 'partition_no', 'record_key', 'value', 'headers', 'produced_at'] as const

const migrations: readonly Migration[] = [
  {
    name: 'messaging-0001-records',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('topics')
        .addColumn('name', types.key, (column) => column.primaryKey().notNull())
        .addColumn('partitions', types.integer, (column) => column.notNull())
        .addColumn('retention_ms', types.integer, (column) => column.notNull())
        .addColumn('compacted', types.integer, (column) => column.notNull())
        .addColumn('record_bytes_max', types.integer, (column) => column.notNull()),
      builder.schema
        .createTable('records')
        .addColumn('record_offset', types.serial)
        .addColumn('topic', types.key, (column) => column.notNull())
        .addColumn('partition_no', types.integer, (column) => column.notNull())
        .addColumn('record_key', types.text, (column) => column.notNull())
        .addColumn('value', types.bytes)
        .addColumn('headers', types.text, (column) => column.notNull())
        .addColumn('produced_at', types.time, (column) => column.notNull()),
      builder.schema.createIndex('records_partition').on('records').columns(['topic', 'partition_no', 'record_offset']),
    ],
  },
]

/** Opens the store and reads what topics there are. */
export async function openRecordStore(database: Database): Promise<RecordStore> {
  await migrate(database, migrations)
  const topics = new Map<string, TopicSpec>()
  for (const row of await database.reader.all<TopicRow>('select * from topics')) topics.set(row.name, topicOf(row))
  const heads = await readHeads(database)
  const listeners = new Set<(topics: ReadonlySet<string>) => void>()

  function topic(name: string): TopicSpec {
    const spec = topics.get(name)
    if (!spec) throw new UnknownTopicError(`there is no topic ${name}`)
    return spec
  }

  return {
    topic,
    async createTopics(specs) {
      for (const spec of specs) checkPartitions(topics.get(spec.name), spec)
      await database.unit(['topics'], (unit) => unit.upsertMany('topics', ['name'], TOPIC_COLUMNS, specs.map(topicRow)))
      for (const spec of specs) {
        topics.set(spec.name, spec)
        await prune(database, spec)
      }
    },
    async append(records) {
      const rows = records.map((record) => recordRow(topic(record.topic), record))
      await database.unit(['records'], async (unit) => {
        const now = unit.now.getTime()
        await unit.insertMany(
          'records',
          COLUMNS,
          rows.map((row) => [...row, now]),
        )
        const last = await unit.get<{ record_offset: number }>(
          'select max(record_offset) as record_offset from records',
        )
        unit.afterCommit(() => {
          for (const [name, partition] of rows) heads.set(`${name}/${partition}`, last?.record_offset ?? 0)
        })
      })
      const names = new Set(records.map((record) => record.topic))
      for (const listener of listeners) listener(names)
    },
    async read(name, partition, afterOffset, limit) {
      const rows = await database.reader.all<RecordRow>(
        `select record_offset, record_key, value, headers, produced_at from records
         where topic = ? and partition_no = ? and record_offset > ? order by record_offset limit ?`,
        [name, partition, afterOffset, limit],
      )
      return rows.map((row) => incomingRecord(name, partition, row))
    },
    async count(name, partition, afterOffset, limit) {
      const row = await database.reader.get<{ records: number }>(
        `select count(*) as records from
           (select 1 from records where topic = ? and partition_no = ? and record_offset > ? limit ?) above`,
        [name, partition, afterOffset, limit],
      )
      return row?.records ?? 0
    },
    isBelow: (name, partition, offset) => (heads.get(`${name}/${partition}`) ?? 0) <= offset,
    onAppend(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const TOPIC_COLUMNS = ['name', 'partitions', 'retention_ms', 'compacted', 'record_bytes_max'] as const

interface TopicRow {
  readonly name: string
  readonly partitions: number
  readonly retention_ms: number
  readonly compacted: number
  readonly record_bytes_max: number
}

function topicOf(row: TopicRow): TopicSpec {
  return {
    name: row.name,
    partitions: row.partitions,
    retentionMs: row.retention_ms,
    compacted: row.compacted === 1,
    recordBytesMax: row.record_bytes_max,
  }
}

function topicRow({ name, partitions, retentionMs, compacted, recordBytesMax }: TopicSpec): Value[] {
  return [name, partitions, retentionMs, compacted ? 1 : 0, recordBytesMax]
}

function checkPartitions(existing: TopicSpec | undefined, wanted: TopicSpec): void {
  invariant(wanted.partitions > 0, `${wanted.name} has no partition`)
  if (!existing || existing.partitions === wanted.partitions) return
  throw new TopicMismatchError(`${wanted.name} has ${existing.partitions} partitions, not ${wanted.partitions}`)
}

async function readHeads(database: Database): Promise<Map<string, number>> {
  const rows = await database.reader.all<{ topic: string; partition_no: number; head: number }>(
    'select topic, partition_no, max(record_offset) as head from records group by topic, partition_no',
  )
  return new Map(rows.map((row) => [`${row.topic}/${row.partition_no}`, row.head]))
}

/** Drops what is older than its topic keeps. Offsets go on from where they were. */
async function prune(database: Database, { name, retentionMs, compacted }: TopicSpec): Promise<void> {
  await database.unit(['records'], async (unit) => {
    const condition = compacted
      ? 'record_offset not in (select max(record_offset) from records where topic = ? group by record_key)'
      : 'produced_at < ?'
    const parameter = compacted ? name : unit.now.getTime() - retentionMs
    await unit.run(`delete from records where topic = ? and ${condition}`, [name, parameter])
  })
}

function recordRow(topic: TopicSpec, { key, value, headers }: RecordToProduce): Value[] {
  const bytes = bodyBytes(value)
  if (bytes > topic.recordBytesMax) {
    throw new RecordTooLargeError(`a record of ${bytes} bytes for ${topic.name}, which takes ${topic.recordBytesMax}`)
  }
  return [topic.name, partitionOf(key, topic.partitions), key, value, JSON.stringify(headers)]
}

function incomingRecord(topic: string, partition: number, row: RecordRow): IncomingRecord {
  return {
    topic,
    partition,
    offset: row.record_offset,
    key: row.record_key,
    value: row.value,
    headers: JSON.parse(row.headers) as Record<string, string>,
    producedAt: new Date(row.produced_at),
  }
}
