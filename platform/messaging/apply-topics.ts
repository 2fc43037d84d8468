import type { TopicName } from '#avro'
import type { Clock } from '#platform/clock'
import { type Log, silentLog } from '#platform/telemetry'
import { announce } from './inbox/announce.ts'
import { type InboxOptions, resumeWaiting, takeRecords } from './inbox/inbox.ts'
import { DECISIONS, takeDecisions } from './inbox/take-decisions.ts'
import { traceApply } from './inbox/trace-apply.ts'
import type { Consumer, Messaging } from './messaging.ts'

/** How a service takes what others tell it. */
export interface ApplyTopicsOptions extends InboxOptions {
  readonly messaging: Messaging
  readonly clock: Clock
  /** Also the name of the consumer group. */
  readonly consumer: string
  readonly topics: readonly TopicName[]
  /** Default 500. */
  readonly batchRecordsMax?: number
  /** As in `ConsumeOptions`. */
  readonly lingerMs?: number
  /** Takes the topics from their start: with marks of its own, or after they were forgotten, this rebuilds. */
  readonly fromBeginning?: boolean
  /** For a consumer that is forgotten afterwards: what it parks is told to nobody, and nobody decides on it. */
  readonly isTemporary?: boolean
  readonly log?: Log
}

/**
 * Applies each record of some topics once, in the order of its stream, however often and in whatever order it comes:
 * the effect and the mark that it happened are in one transaction.
 *
 * A record that cannot be taken is parked in the quarantine; its stream waits for it, others go on. The topic
 * `quarantine`, which the service's outbox must carry, tells of it, and `quarantine-decisions` what becomes of it: that it
 * is put back, or discarded. Both must exist.
 */
export async function applyTopics(options: ApplyTopicsOptions): Promise<Consumer> {
  const {
    messaging,
    consumer,
    topics,
    batchRecordsMax,
    lingerMs = 0,
    fromBeginning = false,
    isTemporary = false,
    log = silentLog(),
  } = options
  const inbox: InboxOptions = { ...options, apply: traceApply(consumer, options.apply) }
  // A process may have died between parking a record and telling the topic of it, or with records that wait no more.
  let isResumed = false
  let isAnnounced = false

  async function afterwards(parked: number): Promise<void> {
    if (parked > 0) log.error('records.quarantined', { consumer, parked })
    if ((parked === 0 && isAnnounced) || isTemporary) return
    isAnnounced = false
    await announce(options)
    isAnnounced = true
  }

  async function resume(): Promise<void> {
    await afterwards(await resumeWaiting(inbox))
    isResumed = true
  }

  // What fails here is done before the first batch.
  await resume().catch((error: unknown) => log.warn('inbox.resume_failed', { consumer, err: error }))
  return messaging.consume({
    group: consumer,
    topics: isTemporary ? topics : [...topics, DECISIONS],
    fromBeginning,
    lingerMs,
    ...(batchRecordsMax && { batchRecordsMax }),
    async handle(batch) {
      if (!isResumed) await resume()
      const decisions = batch.filter(({ topic }) => topic === DECISIONS)
      const records = decisions.length > 0 ? batch.filter(({ topic }) => topic !== DECISIONS) : batch
      const parked = records.length > 0 ? await takeRecords(inbox, records) : 0
      if (decisions.length > 0) {
        await takeDecisions(inbox, decisions, log)
        isAnnounced = false
      }
      await afterwards(parked)
    },
  })
}
