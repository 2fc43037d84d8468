import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import type { IncomingRecord, Messaging } from '#platform/messaging'
import { type Schemas, UndecodableError } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import { ACCESS_TOKEN } from './token-format.ts'
import type { TokenVerifier } from './token-verifier.ts'

/** What following stands on. */
export interface FollowOptions {
  readonly messaging: Pick<Messaging, 'consume' | 'createTopics' | 'lag'>
  readonly schemas: Pick<Schemas, 'decode'>
  readonly verifier: Pick<TokenVerifier, 'revoke'>
  readonly clock: Pick<Clock, 'now' | 'monotonicMs' | 'sleep'>
  readonly log: Log
  /** Unique among the processes that live, such as `gateway-1`: each must get every record. */
  readonly instance: string
}

/** The topic, followed. */
export interface FollowedRevocations {
  stop(): Promise<void>
}

const SPEC = topics['identity-events']
const TOPIC = SPEC.name
const LOOK_EVERY_MS = 20
const CATCH_UP_MS_MAX = 30_000

/**
 * Tells a verifier of the sessions that other processes end. Resolves when it knows what ended before, so that a process
 * which restarts takes no token that it refused a moment ago.
 *
 * @throws {Error} when the topic cannot be read to its end within 30 s
 */
export async function followRevocations(options: FollowOptions): Promise<FollowedRevocations> {
  const { messaging, instance } = options
  const group = `revocations-${instance}`
  await messaging.createTopics([SPEC])
  const consumer = await messaging.consume({
    group,
    topics: [TOPIC],
    fromBeginning: true,
    async handle(batch) {
      for (const record of batch) await take(record, options)
    },
  })
  try {
    await caughtUp(group, options)
  } catch (error) {
    await consumer.stop()
    throw error
  }
  return { stop: () => consumer.stop() }
}

async function take(record: IncomingRecord, { schemas, verifier, clock, log }: FollowOptions): Promise<void> {
  if (!record.value) return
  try {
    const { name, value } = await schemas.decode(record.value)
    if (name !== 'carillon.auth.SessionRevoked') return
    const until = new Date(value.revokedAt.getTime() + ACCESS_TOKEN.lifeMsMax)
    if (until.getTime() + ACCESS_TOKEN.skewMs > clock.now().getTime()) verifier.revoke(value.sessionId, until)
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error
    // A verifier has no database to park it in; the record stays in its topic for a person.
    const { topic, partition, offset } = record
    log.error('revocation.unreadable', { topic, partition, offset, err: error })
  }
}

async function caughtUp(group: string, { messaging, clock }: FollowOptions): Promise<void> {
  const endMs = clock.monotonicMs() + CATCH_UP_MS_MAX
  while ((await messaging.lag(group)) > 0) {
    if (clock.monotonicMs() >= endMs) throw new Error(`${TOPIC} could not be read within ${CATCH_UP_MS_MAX} ms`)
    await clock.sleep(LOOK_EVERY_MS)
  }
}
