import type { TopicSpec } from '../messaging.ts'
import { type Lane, openLane, type Take } from './lane.ts'
import type { OffsetStore, Place } from './offset-store.ts'
import type { RecordSource } from './record-source.ts'

/** What a group knows of a member. */
export interface Membership {
  readonly topics: readonly string[]
  wake(): void
}

const LAG_RECORDS_MAX = 10_000

/** The members of a group, and how far it is in each partition. */
export class ConsumerGroup {
  readonly name: string
  readonly #offsets: OffsetStore
  readonly #committed: Map<string, number>
  readonly #lanes = new Map<string, Lane>()
  readonly #members: Membership[] = []
  #assignments = new Map<Membership, readonly Lane[]>()

  constructor(name: string, offsets: OffsetStore, committed: readonly (Place & { readonly offset: number })[]) {
    this.name = name
    this.#offsets = offsets
    this.#committed = new Map(
      committed.map((place) => [keyOf(place.topic, place.partition, place.source), place.offset]),
    )
  }

  /** Opens the lanes of a topic through one source, at the offsets that were committed. */
  open(topic: TopicSpec, source: RecordSource): void {
    for (let partition = 0; partition < topic.partitions; partition++) {
      const key = keyOf(topic.name, partition, source.name)
      if (!this.#lanes.has(key)) {
        this.#lanes.set(key, openLane(topic.name, partition, source, this.#committed.get(key) ?? 0))
      }
    }
    this.#reassign()
  }

  hasTopic(topic: string): boolean {
    return this.#lanes.values().some((lane) => lane.topic === topic)
  }

  /** Reads from a source no more. Where it was is kept. */
  drop(source: RecordSource): void {
    for (const [key, lane] of this.#lanes) {
      if (lane.source !== source) continue
      this.#lanes.delete(key)
      this.#committed.set(key, lane.offset)
    }
    this.#reassign()
  }

  join(member: Membership): void {
    this.#members.push(member)
    this.#reassign()
  }

  leave(member: Membership): void {
    const index = this.#members.indexOf(member)
    if (index !== -1) this.#members.splice(index, 1)
    this.#reassign()
  }

  /** Takes everything out of the hands of a member that died, and its right to commit with it. */
  bury(member: Membership): void {
    for (const lane of this.#lanes.values()) {
      if (lane.holder !== member) continue
      lane.fence += 1
      lane.holder = undefined
    }
    this.leave(member)
  }

  wake(topics: ReadonlySet<string>): void {
    for (const member of this.#members) if (member.topics.some((topic) => topics.has(topic))) member.wake()
  }

  /** The lanes that are a member's to read: each partition has one member at most. */
  lanesOf(member: Membership): readonly Lane[] {
    const known = this.#assignments.get(member)
    if (known) return known
    const lanes = [...this.#lanes.values()].filter(({ topic, partition }) => {
      const subscribers = this.#members.filter((other) => other.topics.includes(topic))
      return subscribers[partition % subscribers.length] === member
    })
    this.#assignments.set(member, lanes)
    return lanes
  }

  /** Remembers, durably, that records were handled. Leaves out those whose right to commit has gone. */
  async commit(takes: readonly Take[]): Promise<void> {
    const valid = takes.filter(({ lane, fence }) => lane.fence === fence)
    await this.#save(valid.map(({ lane, lastOffset }) => ({ lane, offset: lastOffset })))
    for (const { lane, fence, lastOffset } of valid) if (lane.fence === fence) lane.offset = lastOffset
  }

  /** Goes back to the first record of these topics. What is in hand can be committed no more. */
  async rewind(topics: readonly string[]): Promise<void> {
    const lanes = [...this.#lanes.values()].filter((lane) => topics.includes(lane.topic))
    for (const lane of lanes) {
      lane.fence += 1
      lane.offset = 0
    }
    await this.#save(lanes.map((lane) => ({ lane, offset: 0 })))
  }

  async lag(): Promise<number> {
    let records = 0
    for (const { topic, partition, source, offset } of this.#lanes.values()) {
      if (source.isBelow(topic, partition, offset)) continue
      records += await source.count(topic, partition, offset, LAG_RECORDS_MAX)
    }
    return records
  }

  /** When the oldest record that is not committed was produced. */
  async oldestAt(): Promise<Date | undefined> {
    let oldest: Date | undefined
    for (const { topic, partition, source, offset } of this.#lanes.values()) {
      if (source.isBelow(topic, partition, offset)) continue
      const [first] = await source.read(topic, partition, offset, 1)
      if (first && (!oldest || first.producedAt < oldest)) oldest = first.producedAt
    }
    return oldest
  }

  async #save(offsets: readonly { readonly lane: Lane; readonly offset: number }[]): Promise<void> {
    await this.#offsets.save(
      this.name,
      offsets.map(({ lane: { topic, partition, source }, offset }) => ({
        place: { topic, partition, source: source.name },
        offset,
      })),
    )
  }

  #reassign(): void {
    this.#assignments = new Map()
    for (const member of this.#members) member.wake()
  }
}

function keyOf(topic: string, partition: number, source: string): string {
  return `${topic}/${partition}/${source}`
}
