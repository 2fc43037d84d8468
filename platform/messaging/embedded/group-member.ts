import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { Log } from '#platform/telemetry'
import type { ConsumeOptions, Consumer, IncomingRecord } from '../messaging.ts'
import type { ConsumerGroup, Membership } from './consumer-group.ts'
import { type Lane, release, rest, type Take, take } from './lane.ts'

interface Batch {
  readonly records: readonly IncomingRecord[]
  readonly takes: readonly Take[]
}

const BATCH_RECORDS_DEFAULT = 500
const POLL_MS = 100

/** A member of a group, which reads for it until stopped or killed. */
export class GroupMember implements Consumer, Membership {
  readonly topics: readonly string[]
  readonly #group: ConsumerGroup
  readonly #options: ConsumeOptions
  readonly #clock: Clock
  readonly #log: Log
  readonly #loop: Loop
  readonly #leaving = new AbortController()
  #isDead = false
  #firstLane = 0
  #isRetry = false

  constructor(group: ConsumerGroup, options: ConsumeOptions, clock: Clock, log: Log) {
    this.topics = options.topics
    this.#group = group
    this.#options = options
    this.#clock = clock
    this.#log = log
    this.#loop = startLoop({
      clock,
      pollMs: POLL_MS,
      runOnce: () => this.#runOnce(),
      onError: (error) => log.error('consumer.failed', { group: group.name, err: error }),
    })
    group.join(this)
  }

  wake(): void {
    this.#loop.wake()
  }

  async stop(): Promise<void> {
    // The dead are not waited for: what they have in hand may never end.
    if (this.#isDead) return
    this.#leaving.abort()
    await this.#loop.stop()
    this.#group.leave(this)
  }

  kill(): void {
    this.#isDead = true
    this.#leaving.abort()
    this.#loop.stop().catch(() => undefined)
    this.#group.bury(this)
  }

  async #runOnce(): Promise<boolean | number> {
    await this.#linger()
    const batch = await this.#gather(this.#dueLanes())
    if (this.#isDead) return false
    if (batch.takes.length === 0) return this.#waitMs()
    await this.#deliver(batch)
    return true
  }

  async #linger(): Promise<void> {
    const { lingerMs = 0 } = this.#options
    if (lingerMs === 0) return
    const lanes = this.#group.lanesOf(this)
    const isNews = lanes.some(({ topic, partition, source, offset }) => !source.isBelow(topic, partition, offset))
    if (isNews) await this.#clock.sleep(lingerMs, this.#leaving.signal)
  }

  /**
   * A lane that failed is tried again alone, and every other time at most, so that one partition's outage does not hold
   * the others up.
   */
  #dueLanes(): readonly Lane[] {
    const nowMs = this.#clock.monotonicMs()
    const lanes = this.#group.lanesOf(this).filter((lane) => lane.holder === undefined)
    const retried = this.#isRetry ? undefined : lanes.find((lane) => lane.failures > 0 && lane.restUntilMs <= nowMs)
    this.#isRetry = retried !== undefined
    return retried ? [retried] : lanes.filter((lane) => lane.failures === 0)
  }

  async #gather(lanes: readonly Lane[]): Promise<Batch> {
    const { batchRecordsMax = BATCH_RECORDS_DEFAULT } = this.#options
    const records: IncomingRecord[] = []
    const takes: Take[] = []
    const start = this.#firstLane
    for (let step = 0; step < lanes.length && records.length < batchRecordsMax && !this.#isDead; step++) {
      const lane = lanes[(start + step) % lanes.length] as Lane
      if (lane.holder !== undefined || lane.source.isBelow(lane.topic, lane.partition, lane.offset)) continue
      const taken = await this.#takeOrRest(lane, batchRecordsMax - records.length, records)
      if (taken) takes.push(taken)
      // The next batch starts behind the last lane of this one: a full lane must not starve those after it.
      this.#firstLane = (start + step + 1) % lanes.length
    }
    return { records, takes }
  }

  async #takeOrRest(lane: Lane, limit: number, into: IncomingRecord[]): Promise<Take | undefined> {
    try {
      return await take(lane, this, limit, into)
    } catch (error) {
      this.#failed([lane], error)
      return undefined
    }
  }

  async #deliver({ records, takes }: Batch): Promise<void> {
    const lanes = takes.map(({ lane }) => lane)
    try {
      failPoint('messaging.before-handle')
      await this.#options.handle(records)
      failPoint('messaging.before-offset')
      // Somebody else has the records of the dead by now.
      if (this.#isDead) return
      await this.#group.commit(takes)
      for (const lane of lanes) lane.failures = 0
    } catch (error) {
      if (!this.#isDead) this.#failed(lanes, error)
    } finally {
      for (const lane of lanes) release(lane, this)
      this.#handOver(lanes)
    }
  }

  /** Wakes a member that waits for a lane which became its own while it was in hand here. */
  #handOver(lanes: readonly Lane[]): void {
    const own = new Set(this.#group.lanesOf(this))
    const gone = lanes.filter((lane) => !own.has(lane)).map((lane) => lane.topic)
    if (gone.length > 0) this.#group.wake(new Set(gone))
  }

  #failed(lanes: readonly Lane[], error: unknown): void {
    const nowMs = this.#clock.monotonicMs()
    const retryInMs = Math.max(...lanes.map((lane) => rest(lane, nowMs)))
    const places = lanes.map(({ topic, partition }) => `${topic}/${partition}`)
    this.#log.warn('consumer.batch_failed', { group: this.#group.name, places, retryInMs, err: error })
  }

  #waitMs(): number {
    const nowMs = this.#clock.monotonicMs()
    // One that another member has in hand is waited for by its release, not by the clock.
    const resting = this.#group.lanesOf(this).filter((lane) => lane.failures > 0 && lane.holder === undefined)
    return Math.max(0, Math.min(POLL_MS, ...resting.map((lane) => lane.restUntilMs - nowMs)))
  }
}
