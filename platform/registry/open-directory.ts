import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { Consumer, IncomingRecord, Messaging } from '#platform/messaging'
import { type Schemas, UndecodableError } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import { HEARTBEAT_MS } from './announce.ts'
import type { Directory, Heartbeats, Seed, ServiceInstance } from './directory.ts'
import { instancesAt, type LeaseEvent, type Leases, type Listing, observe, without } from './domain/leases.ts'
import { readLastKnown, writeLastKnown } from './last-known.ts'

/** What a directory stands on. */
export interface DirectoryOptions {
  readonly messaging: Pick<Messaging, 'consume' | 'createTopics'>
  readonly schemas: Pick<Schemas, 'decode'>
  readonly clock: Clock
  readonly log: Log
  /** Where services are when nobody has told yet. */
  readonly seeds: readonly Seed[]
  /** Keeps who was there, for a start without Kafka. */
  readonly lastKnownFile?: string | undefined
}

const TOPIC = topics['service-instances']
const LOOK_EVERY_MS = 1_000
/** A look that is later than this: the process stood still (SIGSTOP, a laptop's lid), and heard nobody meanwhile. */
const PAUSE_MS_MIN = 5_000
const RETRY_MS = 5_000
const MINUTE_MS = 60_000

/**
 * Follows who announces itself. Opens also when Kafka is away, and goes on with those who were there last, then with
 * the seeds, service by service, until somebody of that service is heard.
 */
export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const { clock, log, seeds, lastKnownFile } = options
  const remembered = lastKnownFile ? await readLastKnown(lastKnownFile, log) : []
  const listeners = new Set<() => void>()
  let leases: Leases = new Map()
  let listing: Listing = instancesAt(leases, clock.monotonicMs())
  let known = withFallbacks(listing, remembered, seeds)
  let writing = Promise.resolve()
  let lookedMs = clock.monotonicMs()
  let heardMs: readonly number[] = []
  const lastHeardAt = new Map<string, readonly string[]>()

  function refresh(): void {
    const before = { listing, known }
    listing = instancesAt(leases, clock.monotonicMs())
    leases = without(leases, listing.evicted)
    for (const [name, group] of Map.groupBy(listing.instances, (instance) => instance.name)) {
      const staying = group.filter(({ status }) => status !== 'STOPPING')
      lastHeardAt.set(
        name,
        staying.map(({ url }) => url),
      )
    }
    known = withFallbacks(listing, remembered, seeds)
    if (listing.isPreserving !== before.listing.isPreserving) {
      const level = listing.isPreserving ? 'warn' : 'info'
      log[level]('directory.self_preservation', { isPreserving: listing.isPreserving, instances: known.length })
    }
    if (signature(known) === signature(before.known)) return
    for (const { name, url, status } of known) log.info('directory.instance', { service: name, url, status })
    if (lastKnownFile) keep(lastKnownFile)
    for (const listener of listeners) listener()
  }
  function keep(path: string): void {
    const up = known.filter(({ status }) => status === 'UP')
    if (up.length === 0) return
    writing = writing
      .then(() => writeLastKnown(path, up))
      .catch((error: unknown) => log.warn('directory.last_known_unwritten', { path, err: error }))
  }
  function take(events: readonly LeaseEvent[]): void {
    // Of what comes together, as when the topic is read from its start, one of each process counts.
    const ids = new Set(events.flatMap((event) => (event.type === 'heartbeat' ? [event.instance.id] : [])))
    heardMs = [...lastMinute(), ...Array.from(ids, () => clock.monotonicMs())]
    leases = events.reduce(observe, leases)
    refresh()
  }
  function lastMinute(): readonly number[] {
    const fromMs = clock.monotonicMs() - MINUTE_MS
    return heardMs.filter((atMs) => atMs > fromMs)
  }
  function heartbeats(): Heartbeats {
    const up = listing.instances.filter(({ status }) => status === 'UP').length
    return { expected: (up * MINUTE_MS) / HEARTBEAT_MS, heard: lastMinute().length }
  }

  const follower = follow(options, take)
  const looker = startLoop({
    clock,
    pollMs: LOOK_EVERY_MS,
    async runOnce() {
      const durationMs = clock.monotonicMs() - lookedMs
      lookedMs = clock.monotonicMs()
      if (durationMs >= PAUSE_MS_MIN) take([{ type: 'pause', durationMs }])
      else refresh()
      return false
    },
    onError: (error) => log.error('directory.failed', { err: error }),
  })

  return {
    all: () => known,
    instances: (name) => known.filter((instance) => instance.name === name),
    lastHeardAt: (name) => lastHeardAt.get(name) ?? [],
    isPreserving: () => listing.isPreserving,
    heartbeats,
    onChanged(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async stop() {
      await Promise.all([looker.stop(), follower.stop()])
      await writing
    },
  }
}

/** Each process reads all of the topic, so that each has a group of its own. */
function follow(
  { messaging, schemas, clock, log }: DirectoryOptions,
  take: (events: readonly LeaseEvent[]) => void,
): Pick<Loop, 'stop'> {
  const group = `directory-${clock.newId()}`
  let consumer: Consumer | undefined
  let failures = 0
  const loop = startLoop({
    clock,
    pollMs: RETRY_MS,
    async runOnce() {
      if (consumer) return false
      await messaging.createTopics([TOPIC])
      consumer = await messaging.consume({
        group,
        topics: [TOPIC.name],
        fromBeginning: true,
        handle: async (batch) => take(await eventsIn(batch, schemas, clock, log)),
      })
      if (failures > 0) log.info('directory.followed', { failures })
      return false
    },
    // Once for an outage: who waits beside it is not to be drowned.
    onError(error) {
      if (failures++ === 0) log.warn('directory.unfollowed', { err: error })
    },
  })
  return {
    async stop() {
      await loop.stop()
      await consumer?.stop()
    },
  }
}

async function eventsIn(
  batch: readonly IncomingRecord[],
  schemas: Pick<Schemas, 'decode'>,
  clock: Clock,
  log: Log,
): Promise<readonly LeaseEvent[]> {
  const events: LeaseEvent[] = []
  const atMs = clock.monotonicMs()
  for (const { key, value, offset: position, producedAt } of batch) {
    if (value === null) {
      events.push({ type: 'gone', atMs, position, id: key })
      continue
    }
    try {
      const decoded = await schemas.decode(value)
      if (decoded.name !== TOPIC.schema) continue
      const { id, name, url, status, startedAt, version } = decoded.value
      const shown = status === 'UNKNOWN' ? 'DOWN' : status
      const instance = { id, name, url, status: shown, startedAt, version, heartbeatAt: producedAt }
      events.push({ type: 'heartbeat', atMs, position, instance })
    } catch (error) {
      // The next heartbeat may be readable; anything else than bad bytes is an outage, and comes again.
      if (!(error instanceof UndecodableError)) throw error
      log.warn('directory.unreadable', { offset: position, err: error })
    }
  }
  return events
}

/** Who was heard; for a service of which nobody was, who was there last; else the seeds. */
function withFallbacks(
  { instances }: Listing,
  remembered: readonly ServiceInstance[],
  seeds: readonly Seed[],
): readonly ServiceInstance[] {
  const known: ServiceInstance[] = instances.map(({ heartbeatAt, ...instance }) => ({
    ...instance,
    lastHeartbeatAt: heartbeatAt,
  }))
  const seeded = seeds.map(({ name, url }) => ({ ...UNHEARD, id: url, name, url }))
  for (const source of [remembered, seeded]) {
    const names = new Set(known.map(({ name }) => name))
    known.push(...source.filter(({ name }) => !names.has(name)))
  }
  return known.toSorted((one, other) => one.name.localeCompare(other.name))
}

const UNHEARD = {
  status: 'UP',
  startedAt: null,
  lastHeartbeatAt: null,
  version: null,
  isPreserved: false,
} as const

function signature(instances: readonly ServiceInstance[]): string {
  return JSON.stringify(
    instances.map(({ id, url, status, isPreserved, version }) => [id, url, status, isPreserved, version]),
  )
}
