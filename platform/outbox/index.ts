// What a service tells the others: records written in the transaction of their cause, numbered in commit order.
// Never talks to a broker: a messaging adapter reads it.
export { feedMigrations } from './feed-migrations.ts'
export { headPosition, lastBefore } from './feeds.ts'
export { type KeptSchema, keepSchemas } from './kept-schemas.ts'
export { outboxMigrations } from './migrations.ts'
export type { OutboxRecord } from './outbox-record.ts'
export { partitionOf } from './partition.ts'
export { type OutgoingRecord, publish, RecordTooLargeError } from './publish.ts'
export { LEASE_MS, type RelayShards, SHARDS, type Shard } from './relay-shards.ts'
export { type OutboxSource, openOutbox, type PartitionHead, pruneOutbox } from './source.ts'
