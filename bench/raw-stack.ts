import { randomBytes } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { createConnection } from 'mysql2/promise'
import { stackAddresses } from '#platform/testing'
import type { RawFigures } from './raw-sqlite.ts'

const MEASURE_MS = 2_000
const ROWS_A_COMMIT = 1_000
const PARTITIONS = 8
const RECORD_BYTES = 300
const RECORDS_A_REQUEST = 500
const WAIT_MS_MAX = 60_000

/** Rows of some 400 bytes into a table with one more index, by multi-row inserts, on disk at each commit. */
export async function rawMysql(): Promise<RawFigures> {
  const schema = `carillon_bench_${randomBytes(6).toString('hex')}`
  const connection = await createConnection(stackAddresses().mysqlUrl)
  await connection.query(`create database ${schema}`)
  await connection.query(`use ${schema}`)
  await connection.query(
    `create table t (id bigint auto_increment primary key, stream varchar(191), version bigint, payload longtext,
       unique index t_stream (stream, version))`,
  )
  const payload = 'x'.repeat(300)
  let rows = 0
  const measure = async (rowsACommit: number): Promise<number> => {
    const before = rows
    const startedMs = performance.now()
    while (performance.now() - startedMs < MEASURE_MS) {
      const values = Array.from({ length: rowsACommit }, () => [`stream-${rows++}`, 1, payload])
      await connection.query('insert into t (stream, version, payload) values ?', [values])
    }
    return ((rows - before) / (performance.now() - startedMs)) * 1_000
  }
  try {
    return { commitsPerSecond: await measure(1), rowsPerSecond: await measure(ROWS_A_COMMIT) }
  } finally {
    await connection.query(`drop database ${schema}`)
    await connection.end()
  }
}

/** So many records through one topic by kafkajs, acknowledged by all replicas. @returns records a second, from the first send to the last receipt */
export async function rawKafka(records: number): Promise<number> {
  const topic = `carillon-bench-${randomBytes(6).toString('hex')}`
  const kafka = new Kafka({ brokers: stackAddresses().kafkaBrokers.split(','), logLevel: logLevel.NOTHING })
  const [admin, producer, consumer] = [kafka.admin(), kafka.producer(), kafka.consumer({ groupId: topic })]
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()])
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: PARTITIONS }] })
  try {
    let received = 0
    const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()))
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachBatch: async ({ batch }) => {
        received += batch.messages.length
      },
    })
    await joined
    const startedMs = performance.now()
    for (let sent = 0; sent < records; sent += RECORDS_A_REQUEST) {
      const messages = Array.from({ length: Math.min(RECORDS_A_REQUEST, records - sent) }, (_, index) => ({
        key: `key-${sent + index}`,
        partition: (sent + index) % PARTITIONS,
        value: Buffer.alloc(RECORD_BYTES, index & 0xff),
      }))
      await producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages }] })
    }
    while (received < records) {
      if (performance.now() - startedMs > WAIT_MS_MAX) throw new Error(`${received} of ${records} records came`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return (records / (performance.now() - startedMs)) * 1_000
  } finally {
    await consumer.disconnect()
    await admin.deleteTopics({ topics: [topic] })
    await Promise.all([admin.disconnect(), producer.disconnect()])
  }
}
