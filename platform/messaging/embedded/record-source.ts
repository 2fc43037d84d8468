import type { OutboxSource } from '#platform/outbox'
import type { Schemas } from '#platform/schemas'
import type { IncomingRecord } from '../messaging.ts'
import { writerIds } from '../writer-ids.ts'
import type { RecordStore } from './record-store.ts'

/** One producer's log of records: an outbox, or the records that were produced directly. */
export interface RecordSource {
  readonly name: string
  read(topic: string, partition: number, afterOffset: number, limit: number): Promise<readonly IncomingRecord[]>
  /** How many records lie above an offset, at most `limit`. */
  count(topic: string, partition: number, afterOffset: number, limit: number): Promise<number>
  /** Whether it is known, without reading, that there is nothing above an offset. */
  isBelow(topic: string, partition: number, offset: number): boolean
}

/** A source whose heads are known as of the last time that they were looked at. */
export interface FollowedSource extends RecordSource {
  /** Looks how far the partitions go now. @returns the topics that have grown */
  follow(): Promise<ReadonlySet<string>>
}

/** The records that were produced directly. */
export function storeSource(store: RecordStore): RecordSource {
  return { name: 'records', read: store.read, count: store.count, isBelow: store.isBelow }
}

/** An outbox, read where it lies: nothing is copied, so nothing is committed twice. */
export function outboxSource(outbox: OutboxSource, schemas: Schemas): FollowedSource {
  const ids = writerIds(outbox, schemas)
  const heads = new Map<string, number>()
  let followedTo: number | undefined

  return {
    name: `outbox:${outbox.name}`,
    count: outbox.count,
    isBelow: (topic, partition, offset) => (heads.get(`${topic}/${partition}`) ?? 0) <= offset,
    async follow() {
      const grown = new Set<string>()
      const found = followedTo === undefined ? await outbox.heads() : await outbox.headsAfter(followedTo)
      followedTo ??= 0
      for (const { topic, partition, position } of found) {
        const place = `${topic}/${partition}`
        heads.set(place, Math.max(heads.get(place) ?? 0, position))
        followedTo = Math.max(followedTo, position)
        grown.add(topic)
      }
      return grown
    },
    async read(topic, partition, afterOffset, limit) {
      const rows = await outbox.read(topic, partition, afterOffset, limit)
      const records: IncomingRecord[] = []
      for (const { position, key, schema, body, headers, recordedAt } of rows) {
        const value = schemas.frame(ids.known(schema) ?? (await ids.learn(schema)), body)
        records.push({ topic, partition, offset: position, key, value, headers, producedAt: recordedAt })
      }
      return records
    },
  }
}
