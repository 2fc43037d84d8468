// What a service tells the others: records written in the transaction of their cause, numbered in commit order.
// Never talks to a broker: a messaging adapter reads it.
export { outboxMigrations } from './migrations.ts'
export type { OutboxRecord } from './outbox-record.ts'
export { partitionOf } from './partition.ts'
export { type OutgoingRecord, publish, RecordTooLargeError } from './publish.ts'
export { LEASE_MS, type RelayShards, SHARDS, type Shard } from './relay-shards.ts'
export { holdNumbering, runSequencer, type Sequencer, sequence, sequenceAll } from './sequencer.ts'
export { type OutboxSource, openOutbox, type PartitionHead, pruneOutbox } from './source.ts'
