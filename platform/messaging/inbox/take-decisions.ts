import type { QuarantineDecided } from '#avro'
import { DomainError } from '#platform/domain'
import { UndecodableError } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import type { IncomingRecord } from '../messaging.ts'
import { noteRefusal, tellAgain } from './decisions.ts'
import { PoisonError } from './delivery.ts'
import { discardQuarantined, type InboxOptions, replayQuarantined } from './inbox.ts'

/** The topic by which operators reach a consumer. */
export const DECISIONS = 'quarantine-decisions'

/**
 * Does what operators decided of this consumer's parked records. It may come again: what was done is not done twice. A
 * record that still cannot be taken stays parked, with the reason. What is thrown is an outage.
 */
export async function takeDecisions(
  options: InboxOptions,
  records: readonly IncomingRecord[],
  log: Log,
): Promise<void> {
  for (const record of records) {
    const decided = await decisionOf(options, record, log)
    if (decided?.consumer === options.consumer) await carryOut(options, decided)
  }
}

async function decisionOf(
  { schemas }: InboxOptions,
  { value, offset }: IncomingRecord,
  log: Log,
): Promise<QuarantineDecided | undefined> {
  try {
    const decoded = value && (await schemas.decode(value))
    if (decoded?.name === 'carillon.platform.QuarantineDecided') return decoded.value
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error
  }
  // Whoever decided sees that nothing came of it, and the record is where it was.
  log.error('quarantine.decision_unreadable', { offset })
  return undefined
}

async function carryOut(options: InboxOptions, decided: QuarantineDecided): Promise<void> {
  const { consumer, database } = options
  const { quarantineId: id, decidedBy: by, reason } = decided
  try {
    if (decided.decision === 'REDRIVE') await replayQuarantined(options, id, { by, reason })
    else if (decided.decision === 'DISCARD') await discardQuarantined(options, id, { by, reason })
    await database.unit([`quarantine:${consumer}`], (unit) => tellAgain(unit, consumer, id))
  } catch (error) {
    if (!(error instanceof PoisonError || error instanceof DomainError)) throw error
    await database.unit([`quarantine:${consumer}`], (unit) => noteRefusal(unit, id, { by, reason: error.message }))
  }
}
