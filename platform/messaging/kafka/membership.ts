import { backoffMs, type Loop, startLoop } from '#platform/lifecycle'
import { keyOf, type Member, type MemberEvents, type Place, type PlaceOffset } from './kafka-client.ts'
import type { KafkaConsumerOptions } from './kafka-consumer.ts'
import type { Lane } from './kafka-lane.ts'

/** What a membership takes. */
export interface MembershipOptions extends KafkaConsumerOptions {
  readonly events: MemberEvents
  /** The partitions that it has now. */
  lanes(): Iterable<Lane>
}

const LEAVE_MS_MAX = 5_000

/**
 * A place in a group that outlives the client's own member: one that fails, or to which nothing comes although records
 * lie there, is left and another joins.
 */
export class Membership {
  readonly #options: MembershipOptions
  readonly #over = new AbortController()
  #member: Member | undefined
  #watching: Loop | undefined
  #rejoining: Promise<void> | undefined
  /** Events of a member that was replaced are of no more interest. */
  #generation = 0

  constructor(options: MembershipOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { clock, log, stallMs, wanted } = this.#options
    await this.#join()
    this.#watching = startLoop({
      clock,
      pollMs: stallMs / 3,
      runOnce: async () => {
        if (await this.#isStalled()) this.#replace('stalled')
        return false
      },
      onError: (error) => log.debug('messaging.not_watched', { group: wanted.group, err: error }),
    })
  }

  async stop(): Promise<void> {
    this.#over.abort()
    await this.#watching?.stop()
    await this.#rejoining
    await this.#leave()
  }

  failed(error: unknown): void {
    this.#replace('failed', error)
  }

  pause(place: Place): void {
    this.#member?.pause(place)
  }

  resume(place: Place): void {
    this.#member?.resume(place)
  }

  async commit(offsets: readonly PlaceOffset[]): Promise<void> {
    if (!this.#member) throw new Error('there is no member to commit for')
    await this.#member.commit(offsets)
  }

  async #join(): Promise<void> {
    const { client, wanted, events } = this.#options
    const generation = ++this.#generation
    const isCurrent = (): boolean => generation === this.#generation
    const member = await client.join(wanted.group, wanted.topics, {
      onAssigned: (places) => (isCurrent() ? events.onAssigned(places) : []),
      onRecords: (place, records) => {
        if (isCurrent()) events.onRecords(place, records)
      },
      onFailed: (error) => {
        // Before it has joined, `join` itself says so.
        if (isCurrent() && this.#member) events.onFailed(error)
      },
    })
    this.#member = member
  }

  #replace(reason: string, error?: unknown): void {
    if (this.#rejoining || this.#over.signal.aborted) return
    const { log, wanted } = this.#options
    log.warn('messaging.client_rebuilt', { group: wanted.group, reason, ...(error !== undefined && { err: error }) })
    this.#rejoining = this.#rejoin().finally(() => {
      this.#rejoining = undefined
    })
  }

  async #rejoin(): Promise<void> {
    const { clock, log, wanted } = this.#options
    await this.#leave()
    for (let failures = 0; !this.#over.signal.aborted; ) {
      try {
        await this.#join()
        return
      } catch (error) {
        failures += 1
        log.warn('messaging.not_joined', { group: wanted.group, failures, err: error })
        await clock.sleep(backoffMs(failures), this.#over.signal)
      }
    }
  }

  async #leave(): Promise<void> {
    const member = this.#member
    this.#member = undefined
    if (!member) return
    this.#generation += 1
    const { clock, log, wanted } = this.#options
    const leaving = member.leave().catch((error: unknown) => {
      log.warn('messaging.not_left', { group: wanted.group, err: error })
    })
    // One that hangs is left to its session's end.
    const over = new AbortController()
    await Promise.race([leaving, clock.sleep(LEAVE_MS_MAX, over.signal)])
    over.abort()
  }

  /** Whether records lie before a lane to which nothing comes. Asks the broker only about lanes that are silent. */
  async #isStalled(): Promise<boolean> {
    const { client, clock, stallMs, wanted } = this.#options
    const nowMs = clock.monotonicMs()
    const silent = [...this.#options.lanes()].filter(
      (lane) => lane.records.length === 0 && !lane.isPaused && nowMs - lane.heardAtMs >= stallMs,
    )
    if (silent.length === 0 || this.#rejoining !== undefined) return false
    const committed = new Map(
      silent.some((lane) => lane.fetchedTo === undefined)
        ? (await client.committed(wanted.group)).map((place) => [keyOf(place), place.offset])
        : [],
    )
    const bounds = await client.bounds([...new Set(silent.map(({ topic }) => topic))])
    const boundsOf = new Map(bounds.map((place) => [keyOf(place), place]))
    return silent.some((lane) => {
      const bound = boundsOf.get(keyOf(lane))
      const position = lane.fetchedTo ?? committed.get(keyOf(lane)) ?? bound?.low ?? 0
      // It may have come while we asked.
      return (bound?.high ?? 0) > position && clock.monotonicMs() - lane.heardAtMs >= stallMs
    })
  }
}
