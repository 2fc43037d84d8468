import type { OutboxSource } from '#platform/outbox'

/** A topic as an adapter must know it. `topics` of `#avro` has all that services use. */
export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  readonly retentionMs: number
  readonly compacted: boolean
  /** The most bytes of a value, not counting the head of the wire format. */
  readonly recordBytesMax: number
}

/** A record for a topic. Its partition follows from its key, as Kafka's clients have it. */
export interface RecordToProduce {
  readonly topic: string
  readonly key: string
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
}

/** A record as a consumer gets it. */
export interface IncomingRecord {
  readonly topic: string
  readonly partition: number
  /** Grows along the records of one producer's log in a partition; not without gaps. */
  readonly offset: number
  readonly key: string
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
  readonly producedAt: Date
}

/** How to consume. */
export interface ConsumeOptions {
  /** Consumers of one group share the partitions; each group gets every record. A new group starts at the beginning. */
  readonly group: string
  readonly topics: readonly string[]
  /**
   * Takes a batch: in order within a partition. When it resolves, the offsets are committed; when it rejects, which is
   * an outage, its records are delivered again after a while, partition by partition, and other partitions go on.
   * Must not wait for its own consumer to stop.
   */
  handle(batch: readonly IncomingRecord[]): Promise<void>
  /** Default 500. */
  readonly batchRecordsMax?: number
  /** How long to wait, once there is something, for more to be taken with it: fewer commits for news that may be late. */
  readonly lingerMs?: number
  /** Forgets what the group has committed for these topics, so that all comes again. */
  readonly fromBeginning?: boolean
}

/** One member of a group. */
export interface Consumer {
  /** Finishes the batch in hand, commits, and leaves the group. Safe to call twice. */
  stop(): Promise<void>
  /** Leaves at once and commits nothing, as a process that dies: the batch in hand goes to another member. For tests. */
  kill(): void
}

/** An outbox whose records reach their topics. */
export interface Carrier {
  /** Safe to call twice: its service stops it before the database, and messaging with all that is left. */
  stop(): Promise<void>
}

/** Topics in partitions: per-key order, at least once, resumed at the committed offset. */
export interface Messaging {
  /** Makes topics that are not there yet. Repeating it changes nothing. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>
  /**
   * Resolves once the records are durable; all are, or none.
   *
   * @throws {RecordTooLargeError}
   * @throws {UnknownTopicError}
   */
  produce(records: readonly RecordToProduce[]): Promise<void>
  /**
   * Makes the records of an outbox reach their topics, those written before included.
   *
   * @throws {UnknownTopicError}
   */
  carry(outbox: OutboxSource): Promise<Carrier>
  /** @throws {UnknownTopicError} */
  consume(options: ConsumeOptions): Promise<Consumer>
  /** How many records a group has still to commit; stops counting at 10,000 a partition. */
  lag(group: string): Promise<number>
  /** For how long the oldest record that a group has still to commit has been there, in milliseconds; 0 without one. */
  delayMs(group: string): Promise<number>
  /** Stops every consumer and carrier. Safe to call twice. */
  close(): Promise<void>
}
