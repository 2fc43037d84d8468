import type { Database } from '#platform/database'
import { DomainError } from '#platform/domain'
import type { Schemas } from '#platform/schemas'
import type { IncomingRecord } from '../messaging.ts'
import { type Arrival, arrivalOf, isPoison } from './arrival.ts'
import { type Decision, markDiscarded, markReplayed } from './decisions.ts'
import { PoisonError } from './delivery.ts'
import { type QuarantinedRecord, quarantinedById } from './quarantine.ts'
import { type InboxRules, type Origin, pass, type Taken, takeIn } from './take-in.ts'
import { waitingRecords, waitingStreams } from './waiting.ts'

/** What an inbox works with. */
export interface InboxOptions extends InboxRules {
  readonly schemas: Schemas
  readonly database: Database
}

/** Takes records, each once. @returns how many were parked. What is thrown is an outage. */
export async function takeRecords(options: InboxOptions, records: readonly IncomingRecord[]): Promise<number> {
  const { moved, parked } = await takeArrivals(options, await arrivalsOf(options, records), 'topic')
  return parked + (await takeWaiting(options, moved))
}

/** Takes what waits in any stream and could go on: a process may have died before it did. @returns how many were parked */
export async function resumeWaiting(options: InboxOptions): Promise<number> {
  return takeWaiting(options, await waitingStreams(options.database.reader, options.consumer))
}

/**
 * Applies a parked record after all, and what waited for it. A second time changes nothing.
 *
 * @throws {DomainError} when there is no such record, or a later one has told all; then it stays parked
 * @throws {PoisonError} when it still cannot be taken; then it stays parked
 */
export async function replayQuarantined(options: InboxOptions, id: number, decision: Decision = NOBODY): Promise<void> {
  const { database } = options
  const parked = await parkedRecord(options, id)
  if (parked.replayedAt !== null || parked.discardedAt !== null) return
  const arrivals = await arrivalsOf(options, [parked.record])
  const poison = arrivals.map((arrival) => arrival.content).find(isPoison)
  if (poison) throw new PoisonError(poison.message)

  const moved = await database.unit(keysOf(options, arrivals), async (unit) => {
    if (!(await markReplayed(unit, id, decision))) return []
    const { moved: streams, taken } = await takeIn(unit, options, arrivals, 'quarantine')
    if (taken === 0) {
      const message = `record ${id} is superseded: its stream has gone on without it, and would not take it any more`
      throw new DomainError('BAD_USER_INPUT', message)
    }
    return streams
  })
  await takeWaiting(options, moved)
}

/**
 * Gives a parked record up: its stream goes on without it. A second time changes nothing.
 *
 * @throws {DomainError} when there is no such record, or its turn has not come: something before it is missing
 */
export async function discardQuarantined(options: InboxOptions, id: number, decision: Decision): Promise<void> {
  const { record } = await parkedRecord(options, id)
  const arrivals = await arrivalsOf(options, [record])
  const moved = await options.database.unit(keysOf(options, arrivals), async (unit) => {
    if (!(await markDiscarded(unit, id, decision))) return []
    return pass(unit, options.consumer, arrivals)
  })
  await takeWaiting(options, moved)
}

const NOBODY: Decision = { by: '', reason: '' }

async function parkedRecord({ database, consumer }: InboxOptions, id: number): Promise<QuarantinedRecord> {
  const parked = await quarantinedById(database.reader, id)
  if (parked?.consumer === consumer) return parked
  throw new DomainError('BAD_USER_INPUT', `${consumer} has parked no record ${id}`)
}

async function arrivalsOf({ schemas }: InboxOptions, records: readonly IncomingRecord[]): Promise<readonly Arrival[]> {
  const arrivals: Arrival[] = []
  for (const record of records) arrivals.push(await arrivalOf(record, schemas))
  return arrivals
}

/** Ends when nothing moves any more: each round takes at least one of a bounded number of rows. */
async function takeWaiting(options: InboxOptions, streams: readonly string[]): Promise<number> {
  let parked = 0
  let next = streams
  while (next.length > 0) {
    const records = await waitingRecords(options.database.reader, options.consumer, next)
    const taken = await takeArrivals(options, await arrivalsOf(options, records), 'waiting')
    parked += taken.parked
    next = taken.moved
  }
  return parked
}

async function takeArrivals(options: InboxOptions, arrivals: readonly Arrival[], origin: Origin): Promise<Taken> {
  try {
    return await options.database.unit(keysOf(options, arrivals), (unit) => takeIn(unit, options, arrivals, origin))
  } catch (error) {
    if (!(error instanceof PoisonError)) throw error
    const [only] = arrivals
    if (arrivals.length > 1) return takeOneByOne(options, arrivals, origin)
    if (!only || isPoison(only.content)) throw error
    const content = { reason: 'RULE_BROKEN', message: error.message, schemaId: schemaIdOf(only.record) } as const
    return takeArrivals(options, [{ ...only, content }], origin)
  }
}

/** Finds out which of a batch is the poison: the others are applied, each in a transaction of its own. */
async function takeOneByOne(options: InboxOptions, arrivals: readonly Arrival[], origin: Origin): Promise<Taken> {
  const moved = new Set<string>()
  let taken = 0
  let parked = 0
  for (const arrival of arrivals) {
    const one = await takeArrivals(options, [arrival], origin)
    for (const stream of one.moved) moved.add(stream)
    taken += one.taken
    parked += one.parked
  }
  return { moved: [...moved], taken, parked }
}

/** A stream stays within its partition, so these are enough to keep two owners of a partition apart. */
function keysOf({ consumer }: InboxOptions, arrivals: readonly Arrival[]): string[] {
  return [...new Set(arrivals.map(({ record }) => `inbox:${consumer}:${record.topic}:${record.partition}`))]
}

function schemaIdOf({ value }: IncomingRecord): number | null {
  return value ? new DataView(value.buffer, value.byteOffset).getUint32(1) : null
}
