import type { IncomingRecord } from '../messaging.ts'

/** A partition of a topic. */
export interface Place {
  readonly topic: string
  readonly partition: number
}

/** A place in a partition: the offset of the next record. */
export interface PlaceOffset extends Place {
  readonly offset: number
}

/** How far a partition goes: from its first record to before `high`. */
export interface PlaceBounds extends Place {
  readonly low: number
  readonly high: number
}

/** Settings of a topic, by Kafka's own names. */
export interface TopicSettings {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
}

/** A topic to make. */
export interface KafkaTopic extends TopicSettings {
  readonly partitions: number
}

/** A record on its way to a partition that is chosen already. */
export interface PlacedRecord {
  readonly topic: string
  readonly partition: number
  readonly key: string
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string>>
  readonly producedAtMs: number
}

/** What a member of a group is told. */
export interface MemberEvents {
  /**
   * These partitions are this member's from now on, and no others. Each is read from its committed offset.
   *
   * @returns those that are to be read from their start instead
   */
  onAssigned(places: readonly Place[]): readonly Place[]
  onRecords(place: Place, records: readonly IncomingRecord[]): void
  /** The member has given up: nothing comes any more. */
  onFailed(error: unknown): void
}

/** A member of a consumer group. It commits nothing by itself. */
export interface Member {
  commit(offsets: readonly PlaceOffset[]): Promise<void>
  /** Reads no more of a partition until it is resumed. What is under way may still come. */
  pause(place: Place): void
  resume(place: Place): void
  /** Leaves the group, so that others need not wait for its session to end. */
  leave(): Promise<void>
}

/** What we need of a Kafka client; all else is ours, and the same for each. What it throws is an outage unless told. */
export interface KafkaClient {
  /** Makes those that are not there. Their leaders may come a little later. */
  createTopics(topics: readonly KafkaTopic[]): Promise<void>
  /** How many partitions each of these topics has; those that do not exist are left out. */
  partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What holds for each of these topics, whether it was set for them or comes from the broker. They must exist. */
  settingsOf(topics: readonly string[]): Promise<readonly TopicSettings[]>
  /** Sets these settings of topics, and leaves their others as they are. */
  alterSettings(topics: readonly TopicSettings[]): Promise<void>
  /**
   * Resolves when every replica that must have the records has them.
   *
   * @throws {RecordTooLargeError}
   */
  send(records: readonly PlacedRecord[]): Promise<void>
  /** Resolves when the member has its first partitions, or knows that there are none left for it. */
  join(group: string, topics: readonly string[], events: MemberEvents): Promise<Member>
  /** What a group has committed, of any topic. */
  committed(group: string): Promise<readonly PlaceOffset[]>
  bounds(topics: readonly string[]): Promise<readonly PlaceBounds[]>
  /** The first record of each partition at or after a time; its end or Infinity where there is none. */
  offsetsAt(topics: readonly string[], timeMs: number): Promise<readonly PlaceOffset[]>
  close(): Promise<void>
}

/** How to reach the brokers. */
export interface KafkaClientOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
}

/** How both clients are tuned; `docs/decisions/0009-kafka-client.md` has the figures. */
export const TUNING = {
  /** How long the broker waits for a first record. Records that come meanwhile are sent at once. */
  fetchWaitMs: 100,
  fetchBytesMax: 8 * 1024 * 1024,
  partitionBytesMax: 1024 * 1024,
  sessionMs: 10_000,
  rebalanceMs: 15_000,
  /** Also how soon a member notices that the group is sharing out anew. */
  heartbeatMs: 500,
  retryMs: 10,
  retries: 5,
  connectMs: 3_000,
  requestMs: 15_000,
} as const

/** A key by which maps hold a partition. */
export function keyOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`
}
