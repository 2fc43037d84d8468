// Topics between services: partitions, consumer groups, and a consumer that applies each record once.
// Never knows what a record means; never decides who owns a topic.
export { type ApplyTopicsOptions, applyTopics } from './apply-topics.ts'
export { type EmbeddedMessagingOptions, openEmbeddedMessaging } from './embedded/embedded-messaging.ts'
export { type Apply, type Delivery, PoisonError, type QuarantineReason } from './inbox/delivery.ts'
/** @public for operators' tools */
export { type InboxOptions, replayQuarantined } from './inbox/inbox.ts'
export { inboxMigrations } from './inbox/migrations.ts'
export { type QuarantinedRecord, quarantined } from './inbox/quarantine.ts'
export { type KafkaMessagingOptions, openKafkaMessaging } from './kafka/kafka-messaging.ts'
export type {
  Carrier,
  ConsumeOptions,
  Consumer,
  IncomingRecord,
  Messaging,
  RecordToProduce,
  TopicSpec,
} from './messaging.ts'
