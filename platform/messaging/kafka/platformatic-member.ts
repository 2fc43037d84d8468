import { Consumer, type GroupAssignment } from '@platformatic/kafka'
import type { IncomingRecord } from '../messaging.ts'
import { type KafkaClientOptions, keyOf, type Member, type MemberEvents, type Place, TUNING } from './kafka-client.ts'
import { isOf, platformaticOptions } from './platformatic-options.ts'

type FetchRequestTopic = Parameters<Consumer['fetch']>[0]['topics'][number]
type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>

const CONTROL_FLAG = 32
const UNKNOWN_EPOCH = -1
const EARLIEST = -2n
const FETCH_FAILURES_MAX = 5

/**
 * Joins a group, and fetches for it in a loop of our own: the client's stream can neither pause one partition nor hand
 * out what came together.
 */
export async function joinByPlatformatic(
  options: KafkaClientOptions,
  group: string,
  topics: readonly string[],
  events: MemberEvents,
): Promise<Member> {
  const member = new PlatformaticMember(options, group, topics, events)
  await member.start()
  return member
}

interface Position extends Place {
  offset: bigint
}

class PlatformaticMember implements Member {
  readonly #group: Consumer
  /** A connection of its own: a fetch that waits at the broker would hold up commits and heartbeats behind it. */
  readonly #fetcher: Consumer
  readonly #topics: readonly string[]
  readonly #events: MemberEvents
  readonly #paused = new Set<string>()
  #positions: readonly Position[] = []
  /** Counts assignments: what was asked for under another one is dropped. */
  #assignment = 0
  #assigning: Promise<void> | undefined
  #isOver = false
  #wake = Promise.withResolvers<void>()

  constructor(options: KafkaClientOptions, group: string, topics: readonly string[], events: MemberEvents) {
    const settings = {
      ...platformaticOptions(options),
      groupId: group,
      sessionTimeout: TUNING.sessionMs,
      rebalanceTimeout: TUNING.rebalanceMs,
      heartbeatInterval: TUNING.heartbeatMs,
      maxWaitTime: TUNING.fetchWaitMs,
      minBytes: 1,
      maxBytes: TUNING.fetchBytesMax,
      autocommit: false,
    } as const
    this.#group = new Consumer(settings)
    this.#fetcher = new Consumer(settings)
    this.#topics = topics
    this.#events = events
  }

  async start(): Promise<void> {
    this.#group.topics.trackAll(...this.#topics)
    this.#fetcher.topics.trackAll(...this.#topics)
    this.#group.on('consumer:group:join', ({ assignments = [] }) => this.#assigned(assignments))
    this.#group.on('consumer:heartbeat:stalled', ({ lastError }) => this.#fail(lastError ?? new Error('no heartbeat')))
    // It has left the group, and says so only here.
    this.#group.on('error' as never, ((error: unknown) => this.#fail(error)) as never)
    this.#fetcher.on('error' as never, (() => undefined) as never)
    try {
      await this.#group.joinGroup({})
      await this.#assigning
    } catch (error) {
      await this.leave()
      throw error
    }
    void this.#fetchOn()
  }

  async commit(offsets: Parameters<Member['commit']>[0]): Promise<void> {
    await this.#group.commit({
      offsets: offsets.map(({ topic, partition, offset }) => ({
        topic,
        partition,
        offset: BigInt(offset),
        leaderEpoch: UNKNOWN_EPOCH,
      })),
    })
  }

  pause(place: Place): void {
    this.#paused.add(keyOf(place))
  }

  resume(place: Place): void {
    this.#paused.delete(keyOf(place))
    this.#wake.resolve()
  }

  async leave(): Promise<void> {
    this.#isOver = true
    this.#wake.resolve()
    await Promise.allSettled([this.#group.close(true), this.#fetcher.close(true)])
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#events.onFailed(error)
  }

  #assigned(assignments: readonly GroupAssignment[]): void {
    this.#assignment += 1
    this.#positions = []
    this.#paused.clear()
    const places = assignments.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
    const assigning = this.#locate(places, this.#assignment)
    // The first one is waited for by whoever joins; a later one that fails ends the membership.
    this.#assigning ??= assigning
    assigning.catch((error: unknown) => this.#fail(error))
  }

  async #locate(places: readonly Place[], assignment: number): Promise<void> {
    const rewinding = new Set(this.#events.onAssigned(places).map(keyOf))
    if (places.length === 0) return
    const topics = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, own]) => ({
      topic,
      partitions: own.map(({ partition }) => partition),
    }))
    const [committed, starts] = [
      await this.#group.listCommittedOffsets({ topics }),
      await this.#startsOf(topics.map(({ topic }) => topic)),
    ]
    if (assignment !== this.#assignment) return
    this.#positions = places.map((place) => {
      const [start, next] = [
        starts.get(place.topic)?.[place.partition] ?? 0n,
        committed.get(place.topic)?.[place.partition],
      ]
      const isNew = next === undefined || next < start || rewinding.has(keyOf(place))
      return { ...place, offset: isNew ? start : next }
    })
    this.#wake.resolve()
  }

  #startsOf(topics: string[]): Promise<Map<string, bigint[]>> {
    return this.#group.listOffsets({ topics, timestamp: EARLIEST })
  }

  async #fetchOn(): Promise<void> {
    for (let failures = 0; !this.#isOver && failures < FETCH_FAILURES_MAX; ) {
      try {
        await this.#fetchOnce()
        failures = 0
      } catch (error) {
        if (isOf(error, 'OFFSET_OUT_OF_RANGE')) await this.#startOver()
        failures += 1
        if (failures === FETCH_FAILURES_MAX) this.#fail(error)
      }
    }
  }

  async #fetchOnce(): Promise<void> {
    const positions = this.#positions.filter((place) => !this.#paused.has(keyOf(place)))
    if (positions.length === 0) {
      await this.#wake.promise
      this.#wake = Promise.withResolvers()
      return
    }
    const assignment = this.#assignment
    const { topics, brokers } = await this.#fetcher.metadata({ topics: [...this.#topics] })
    const names = new Map([...topics].map(([name, { id }]) => [id, name]))
    const byNode = Map.groupBy(positions, ({ topic, partition }) => topics.get(topic)?.partitions[partition]?.leader)
    await Promise.all(
      [...byNode].map(async ([node, wanted]) => {
        if (node === undefined || !brokers.has(node)) throw new Error('a partition has no leader')
        const asked = wanted.map((place) => ({ ...place, topicId: topics.get(place.topic)?.id ?? '' }))
        const response = await this.#fetcher.fetch({ node, topics: requestOf(asked) })
        if (assignment === this.#assignment && !this.#isOver) this.#take(response, names, wanted)
      }),
    )
  }

  #take({ responses }: FetchResponse, names: ReadonlyMap<string, string>, wanted: readonly Position[]): void {
    const asked = new Map(wanted.map((position) => [keyOf(position), position]))
    for (const { topicId, partitions } of responses) {
      for (const { partitionIndex: partition, records: batches } of partitions) {
        const position = asked.get(keyOf({ topic: names.get(topicId) ?? '', partition }))
        if (!position || !batches) continue
        const records = recordsOf(batches, position)
        if (records.length > 0) this.#events.onRecords(position, records)
      }
    }
  }

  /** What was committed is kept no longer: goes on at the first record that is. */
  async #startOver(): Promise<void> {
    const starts = await this.#startsOf([...this.#topics])
    for (const position of this.#positions) {
      const start = starts.get(position.topic)?.[position.partition] ?? 0n
      if (position.offset < start) position.offset = start
    }
  }
}

function requestOf(places: readonly (Position & { readonly topicId: string })[]): FetchRequestTopic[] {
  return [...Map.groupBy(places, ({ topicId }) => topicId)].map(([topicId, own]) => ({
    topicId,
    partitions: own.map(({ partition, offset }) => ({
      partition,
      fetchOffset: offset,
      partitionMaxBytes: TUNING.partitionBytesMax,
      currentLeaderEpoch: UNKNOWN_EPOCH,
      lastFetchedEpoch: UNKNOWN_EPOCH,
    })),
  }))
}

type Batches = NonNullable<FetchResponse['responses'][number]['partitions'][number]['records']>

/** The records at or after a position, which moves behind them. A batch comes whole, also when only its end is new. */
function recordsOf(batches: Batches, position: Position): IncomingRecord[] {
  const records: IncomingRecord[] = []
  for (const { firstOffset, firstTimestamp, lastOffsetDelta, attributes, records: framed } of batches) {
    const isControl = (attributes & CONTROL_FLAG) !== 0
    for (const { offsetDelta, timestampDelta, key, value, headers } of isControl ? [] : framed) {
      const offset = firstOffset + BigInt(offsetDelta)
      if (offset < position.offset) continue
      const texts: Record<string, string> = {}
      for (const [name, text] of headers) texts[String(name)] = String(text)
      records.push({
        topic: position.topic,
        partition: position.partition,
        offset: Number(offset),
        key: key?.toString() ?? '',
        value,
        headers: texts,
        producedAt: new Date(Number(firstTimestamp + timestampDelta)),
      })
    }
    const next = firstOffset + BigInt(lastOffsetDelta) + 1n
    if (next > position.offset) position.offset = next
  }
  return records
}
