import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { Log } from '#platform/telemetry'
import type { ConsumeOptions, Consumer, IncomingRecord } from '../messaging.ts'
import { type KafkaClient, keyOf, type MemberEvents, type Place } from './kafka-client.ts'
import { add, handled, type Lane, openLane, reassign, rest, type Take, take, toCommit } from './kafka-lane.ts'
import { Membership } from './membership.ts'

/** What consuming takes. */
export interface KafkaConsumerOptions {
  readonly client: KafkaClient
  readonly wanted: ConsumeOptions
  readonly clock: Clock
  readonly log: Log
  /** For how long nothing may come while records lie there. */
  readonly stallMs: number
}

const BATCH_RECORDS_DEFAULT = 500
const POLL_MS = 100
/** Batches that lie ready in a lane before no more are fetched. */
const READY_BATCHES_MAX = 4
const COMMIT_RETRY_MS = 1_000

/**
 * Consumes for a group: takes what its member of the group fetches, hands it out, and commits what was handled. Keeps
 * the member alive: one that fails or stalls is replaced.
 */
export class KafkaConsumer implements Consumer, MemberEvents {
  readonly #options: KafkaConsumerOptions
  readonly #membership: Membership
  readonly #leaving = new AbortController()
  readonly #rewound = new Set<string>()
  #lanes = new Map<string, Lane>()
  #loop: Loop | undefined
  #committing: Promise<void> | undefined
  #commitAgainAtMs = 0
  #isDead = false
  #firstLane = 0
  #isRetry = false
  #stopping: Promise<void> | undefined

  constructor(options: KafkaConsumerOptions) {
    this.#options = options
    this.#membership = new Membership({ ...options, events: this, lanes: () => this.#lanes.values() })
  }

  /** Joins the group. What it throws is an outage. */
  async start(): Promise<void> {
    const { clock, log, wanted } = this.#options
    await this.#membership.start()
    // What is forgotten is so before anybody is told that it is.
    await this.#commit()
    this.#loop = startLoop({
      clock,
      pollMs: POLL_MS,
      runOnce: () => this.#runOnce(),
      onError: (error) => log.error('consumer.failed', { group: wanted.group, err: error }),
    })
  }

  stop(): Promise<void> {
    // The dead are not waited for: what they have in hand may never end.
    if (this.#isDead) return Promise.resolve()
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  kill(): void {
    this.#isDead = true
    this.#leaving.abort()
    this.#loop?.stop().catch(() => undefined)
    this.#membership.stop().catch(() => undefined)
  }

  onAssigned(places: readonly Place[]): readonly Place[] {
    const nowMs = this.#options.clock.monotonicMs()
    const lanes = new Map<string, Lane>()
    for (const place of places) {
      const key = keyOf(place)
      const known = this.#lanes.get(key)
      if (known) reassign(known, nowMs)
      lanes.set(key, known ?? openLane(place, nowMs))
    }
    // What is in hand of a partition that is gone is committed no more: its lane is not among these.
    this.#lanes = lanes
    this.#loop?.wake()
    if (!this.#options.wanted.fromBeginning) return []
    const rewinding = places.filter((place) => !this.#rewound.has(keyOf(place)))
    for (const place of rewinding) {
      this.#rewound.add(keyOf(place))
      const lane = lanes.get(keyOf(place))
      if (lane) lane.handledTo = 0
    }
    return rewinding
  }

  onRecords(place: Place, records: readonly IncomingRecord[]): void {
    const lane = this.#lanes.get(keyOf(place))
    if (!lane || this.#isDead) return
    add(lane, records, this.#options.clock.monotonicMs())
    if (!lane.isPaused && lane.records.length >= this.#batchRecordsMax * READY_BATCHES_MAX) {
      lane.isPaused = true
      this.#membership.pause(lane)
    }
    this.#loop?.wake()
  }

  onFailed(error: unknown): void {
    this.#membership.failed(error)
  }

  async #stop(): Promise<void> {
    this.#leaving.abort()
    await this.#loop?.stop()
    await this.#committing
    await this.#commit()
    await this.#membership.stop()
  }

  async #runOnce(): Promise<boolean | number> {
    // What was fetched together comes in a row: partition after partition.
    await this.#options.clock.turn()
    await this.#linger()
    const records: IncomingRecord[] = []
    const takes = this.#gather(this.#dueLanes(), records)
    if (this.#isDead) return false
    if (takes.length === 0) {
      this.#commitSoon()
      return this.#waitMs()
    }
    await this.#deliver(records, takes)
    return true
  }

  async #linger(): Promise<void> {
    const { clock, wanted } = this.#options
    if (!wanted.lingerMs) return
    const isNews = this.#lanes.values().some((lane) => lane.records.length > 0)
    if (isNews) await clock.sleep(wanted.lingerMs, this.#leaving.signal)
  }

  /** A lane that failed is tried again alone, and every other time at most: others go on meanwhile. */
  #dueLanes(): readonly Lane[] {
    const nowMs = this.#options.clock.monotonicMs()
    const lanes = [...this.#lanes.values()]
    const isDue = (lane: Lane): boolean => lane.failures > 0 && lane.restUntilMs <= nowMs && lane.records.length > 0
    const retried = this.#isRetry ? undefined : lanes.find(isDue)
    this.#isRetry = retried !== undefined
    return retried ? [retried] : lanes.filter((lane) => lane.failures === 0)
  }

  #gather(lanes: readonly Lane[], records: IncomingRecord[]): Take[] {
    const takes: Take[] = []
    const start = this.#firstLane
    for (let step = 0; step < lanes.length && records.length < this.#batchRecordsMax; step++) {
      const taken = take(lanes[(start + step) % lanes.length] as Lane, this.#batchRecordsMax - records.length, records)
      if (!taken) continue
      takes.push(taken)
      // The next batch starts behind the last lane of this one: a full lane must not starve those after it.
      this.#firstLane = (start + step + 1) % lanes.length
    }
    return takes
  }

  async #deliver(records: readonly IncomingRecord[], takes: readonly Take[]): Promise<void> {
    try {
      failPoint('messaging.before-handle')
      await this.#options.wanted.handle(records)
      failPoint('messaging.before-offset')
    } catch (error) {
      if (!this.#isDead) this.#failed(takes, error)
      return
    }
    if (this.#isDead) return
    for (const taken of takes) {
      handled(taken)
      this.#resume(taken.lane)
    }
    this.#commitAgainAtMs = 0
    this.#commitSoon()
  }

  #resume(lane: Lane): void {
    if (!lane.isPaused || lane.records.length > (this.#batchRecordsMax * READY_BATCHES_MAX) / 2) return
    lane.isPaused = false
    if (this.#lanes.get(keyOf(lane)) === lane) this.#membership.resume(lane)
  }

  #failed(takes: readonly Take[], error: unknown): void {
    const { clock, log, wanted } = this.#options
    const nowMs = clock.monotonicMs()
    const retryInMs = Math.max(...takes.map(({ lane }) => rest(lane, nowMs)))
    const places = takes.map(({ lane }) => keyOf(lane))
    log.warn('consumer.batch_failed', { group: wanted.group, places, retryInMs, err: error })
  }

  /** Commits beside the next batch; one commit at a time. */
  #commitSoon(): void {
    if (this.#committing || this.#options.clock.monotonicMs() < this.#commitAgainAtMs) return
    if (toCommit(this.#lanes.values()).length === 0) return
    this.#committing = this.#commit().finally(() => {
      this.#committing = undefined
      if (!this.#isDead && !this.#leaving.signal.aborted) this.#commitSoon()
    })
  }

  async #commit(): Promise<void> {
    const { clock, log, wanted } = this.#options
    const offsets = toCommit(this.#lanes.values())
    if (offsets.length === 0 || this.#isDead) return
    try {
      await this.#membership.commit(offsets)
      for (const { lane, offset } of offsets) lane.committedTo = offset
    } catch (error) {
      // What was handled is remembered, and committed when the member is well again.
      this.#commitAgainAtMs = clock.monotonicMs() + COMMIT_RETRY_MS
      log.warn('consumer.commit_failed', { group: wanted.group, err: error })
    }
  }

  #waitMs(): number {
    const nowMs = this.#options.clock.monotonicMs()
    const waitsMs = [...this.#lanes.values()]
      .filter((lane) => lane.failures > 0 && lane.records.length > 0)
      .map((lane) => lane.restUntilMs - nowMs)
    return Math.max(0, Math.min(POLL_MS, ...waitsMs))
  }

  get #batchRecordsMax(): number {
    return this.#options.wanted.batchRecordsMax ?? BATCH_RECORDS_DEFAULT
  }
}
