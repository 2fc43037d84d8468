// What a service tells the others: records written in the transaction of their cause, numbered in commit order.
// Never talks to a broker: a messaging adapter reads it.
export { outboxMigrations } from './migrations.ts'
export { partitionOf } from './partition.ts'
export { type OutgoingRecord, publish, RecordTooLargeError } from './publish.ts'
export { runSequencer, type Sequencer } from './sequencer.ts'
export { type OutboxRecord, type OutboxSource, openOutbox, type PartitionHead, pruneOutbox } from './source.ts'
