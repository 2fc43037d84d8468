import type { Clock } from '#platform/clock'
import { startLoop } from '#platform/lifecycle'
import { LEASE_MS, type OutboxRecord, type OutboxSource, type RelayShards, SHARDS, type Shard } from '#platform/outbox'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import type { Carrier } from '../messaging.ts'
import { type WriterIds, writerIds } from '../writer-ids.ts'
import type { PlacedRecord } from './kafka-client.ts'

/** What a relay takes. */
export interface RelayOptions {
  readonly outbox: OutboxSource
  readonly schemas: Schemas
  readonly clock: Clock
  readonly log: Log
  send(records: readonly PlacedRecord[]): Promise<void>
}

const READ_RECORDS_MAX = 1_000
/** How long what was sent may stay unsaved: it is sent again should the process die meanwhile. */
const SAVE_MS = 250
const RENEW_MS = LEASE_MS / 4
const POLL_MS = 100
/** What another process commits wakes nobody here. */
const SHARED_POLL_MS = 20
const RECENT_MS = 5_000

/**
 * Brings the records of an outbox to the broker, in order, each at least once: reads on, sends, and then remembers how
 * far it is, in the outbox's own database. Relays of several processes share the work.
 */
export function startRelay(options: RelayOptions): Carrier {
  const relay = new Relay(options)
  const { outbox, clock, log } = options
  const loop = startLoop({
    clock,
    pollMs: POLL_MS,
    runOnce: () => relay.runOnce(),
    onError: (error) => log.warn('outbox.not_relayed', { outbox: outbox.name, err: error }),
  })
  const unsubscribe = outbox.onCommit(() => loop.wake())
  async function stop(): Promise<void> {
    unsubscribe()
    await loop.stop()
    await relay.leave()
  }
  let stopping: Promise<void> | undefined
  return {
    stop() {
      stopping ??= stop()
      return stopping
    },
  }
}

class Relay {
  readonly #options: RelayOptions
  readonly #shards: ReturnType<OutboxSource['shards']>
  readonly #ids: WriterIds
  #held: readonly Shard[] = []
  #relays = 1
  /** By this process's clock, counted from before the database was asked: it ends earlier, never later. */
  #leaseEndsAtMs = 0
  #renewedAtMs = Number.NEGATIVE_INFINITY
  #readAtMs = Number.NEGATIVE_INFINITY
  #isUnsaved = false
  #renewing: Promise<void> | undefined

  constructor(options: RelayOptions) {
    this.#options = options
    this.#ids = writerIds(options.outbox, options.schemas)
    this.#shards = options.outbox.shards(options.clock.newId())
  }

  async runOnce(): Promise<boolean | number> {
    await this.#renewIfDue()
    const held = this.#held
    if (held.length === 0) return POLL_MS
    const { records, through } = await this.#read(held)
    if (records.length > 0) this.#readAtMs = this.#nowMs
    const unsent = unsentOf(held, records)
    if (unsent.length > 0) await this.#options.send(await this.#placed(unsent))
    // A shard that came meanwhile was not read.
    const read = new Set(held.map(({ shard }) => shard))
    this.#held = this.#held.map(({ shard, sent }) => ({
      shard,
      sent: read.has(shard) ? Math.max(sent, through) : sent,
    }))
    if (records.length > 0) this.#isUnsaved = true
    return records.length === READ_RECORDS_MAX || this.#waitMs()
  }

  async leave(): Promise<void> {
    const { outbox, log } = this.#options
    await this.#renewing?.catch(() => undefined)
    await this.#shards.leave(this.#held).catch((error: unknown) => {
      log.warn('outbox.relay_not_left', { outbox: outbox.name, err: error })
    })
  }

  /** Renews beside the work, which waits for it only when there is none to do, or the lease grows short. */
  async #renewIfDue(): Promise<void> {
    const dueAtMs = this.#renewedAtMs + (this.#isUnsaved ? SAVE_MS : RENEW_MS)
    if (!this.#renewing && this.#nowMs >= dueAtMs) {
      this.#renewing = this.#renew().finally(() => {
        this.#renewing = undefined
      })
      // Whoever waits for it is told; otherwise the next round tries again.
      this.#renewing.catch(() => undefined)
    }
    if (this.#held.length === 0 || this.#nowMs >= this.#leaseEndsAtMs - LEASE_MS / 2) await this.#renewing
  }

  async #renew(): Promise<void> {
    const nowMs = this.#nowMs
    this.#isUnsaved = false
    const { shards, relays } = await this.#shards.renew(this.#held).catch((error: unknown) => {
      this.#isUnsaved = true
      throw error
    })
    const sentOf = new Map(this.#held.map(({ shard, sent }) => [shard, sent]))
    this.#held = shards.map(({ shard, sent }) => ({ shard, sent: Math.max(sent, sentOf.get(shard) ?? 0) }))
    this.#relays = relays
    this.#renewedAtMs = nowMs
    this.#leaseEndsAtMs = nowMs + LEASE_MS
  }

  async #read(held: readonly Shard[]): ReturnType<RelayShards['read']> {
    const from = Math.min(...held.map(({ sent }) => sent))
    // A process that stood still finds others at its work.
    if (this.#nowMs >= this.#leaseEndsAtMs) return { records: [], through: from }
    return this.#shards.read(
      held.map(({ shard }) => shard),
      from,
      READ_RECORDS_MAX,
    )
  }

  async #placed(records: readonly OutboxRecord[]): Promise<PlacedRecord[]> {
    const { schemas } = this.#options
    const placed: PlacedRecord[] = []
    for (const { topic, partition, key, schema, body, headers, recordedAt } of records) {
      const value = schemas.frame(this.#ids.known(schema) ?? (await this.#ids.learn(schema)), body)
      placed.push({ topic, partition, key, value, headers, producedAtMs: recordedAt.getTime() })
    }
    return placed
  }

  #waitMs(): number {
    const isShared = this.#relays > 1 && this.#nowMs - this.#readAtMs < RECENT_MS
    return isShared ? SHARED_POLL_MS : POLL_MS
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs()
  }
}

/** A shard that was taken over lags behind the others: they are read again with it, and sent no more. */
function unsentOf(held: readonly Shard[], records: readonly OutboxRecord[]): readonly OutboxRecord[] {
  const [first] = held
  if (held.every(({ sent }) => sent === first?.sent)) return records
  const sentOf = new Map(held.map(({ shard, sent }) => [shard, sent]))
  return records.filter(({ position, partition }) => position > (sentOf.get(partition % SHARDS) ?? 0))
}
