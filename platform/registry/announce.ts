import { type Records, topics } from '#avro'
import type { Clock } from '#platform/clock'
import { startLoop } from '#platform/lifecycle'
import type { Messaging } from '#platform/messaging'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'

/** What a process says of itself, and by what means. */
export interface AnnounceOptions {
  readonly messaging: Pick<Messaging, 'produce' | 'createTopics'>
  readonly schemas: Pick<Schemas, 'register' | 'encode' | 'frame'>
  readonly clock: Clock
  readonly log: Log
  /** The service's name, such as `jobs`. */
  readonly name: string
  /** Where others reach it, without a path. */
  readonly url: string
  readonly version: string
  /** What it says of itself; `UP` by default. */
  status?(): Promise<'UP' | 'DOWN'>
}

/** A process that is announced. */
export interface Announcement {
  /** Of this process; new with each start. */
  readonly id: string
  /** Says goodbye: first that it stops, so that nobody sends any more, then that it is gone. At most 2 s. */
  stop(): Promise<void>
}

/** How often a process says that it lives. */
export const HEARTBEAT_MS = 5_000
const GOODBYE_MS_MAX = 1_000
const TOPIC = topics['service-instances']

/**
 * Announces this process with a heartbeat every 5 s. Does not wait for Kafka or the registry: while they are away it
 * tries again, and the process goes on.
 */
export async function announce(options: AnnounceOptions): Promise<Announcement> {
  const { messaging, schemas, clock, log, name, url, version, status = async () => 'UP' } = options
  const id = clock.newId()
  const startedAt = clock.now()
  let schemaId: number | undefined
  let failures = 0

  async function say(said: Records[typeof TOPIC.schema]['status']): Promise<void> {
    if (schemaId === undefined) {
      await messaging.createTopics([TOPIC])
      schemaId = await schemas.register(TOPIC.schema)
    }
    const body = schemas.encode(TOPIC.schema, { id, name, url, status: said, startedAt, version })
    await messaging.produce([{ topic: TOPIC.name, key: id, value: schemas.frame(schemaId, body), headers: {} }])
  }
  async function goodbye(): Promise<void> {
    // Never heard of, so not to be missed.
    if (schemaId === undefined) return
    await say('STOPPING')
    await messaging.produce([{ topic: TOPIC.name, key: id, value: null, headers: {} }])
  }

  const loop = startLoop({
    clock,
    pollMs: HEARTBEAT_MS,
    async runOnce() {
      await say(await status())
      if (failures > 0) log.info('announcement.resumed', { name, failures })
      failures = 0
      return false
    },
    onError(error) {
      if (failures++ === 0) log.warn('announcement.failed', { name, err: error })
    },
  })
  async function stop(): Promise<void> {
    await within(clock, GOODBYE_MS_MAX, loop.stop())
    const said = goodbye().catch((error: unknown) => log.warn('announcement.goodbye_failed', { name, err: error }))
    await within(clock, GOODBYE_MS_MAX, said)
  }
  let stopping: Promise<void> | undefined
  return {
    id,
    stop() {
      stopping ??= stop()
      return stopping
    },
  }
}

/** Waits for something, but not for longer than this: who leaves must not wait for a broker that is away. */
async function within(clock: Clock, durationMs: number, work: Promise<void>): Promise<void> {
  const done = new AbortController()
  await Promise.race([work, clock.sleep(durationMs, done.signal)])
  done.abort()
}
