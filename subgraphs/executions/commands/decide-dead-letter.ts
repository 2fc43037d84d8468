import { DomainError } from '#platform/domain'
import { asOperator, type Caller } from '#platform/identity'
import { publish } from '#platform/outbox'
import { type DeadLetter, type DeadLetterDecision, findDeadLetter, notePending } from '../projections/dead-letters.ts'
import type { CommandPorts } from './ports.ts'

/** What is to become of a dead letter. */
export interface DecideDeadLetter {
  readonly caller: Caller | null
  readonly id: string
  readonly decision: DeadLetterDecision
  readonly reason: string
}

/**
 * Sends a decision to the consumer that has parked a record. Whether it could be carried out is told later: the letter
 * is REDRIVEN or DISCARDED then, or says why not. The same decision again changes nothing.
 *
 * @throws {DomainError} FORBIDDEN, DEAD_LETTER_NOT_FOUND; BAD_USER_INPUT where one is given up for no reason; DEAD_LETTER_DECIDED where another decision was made
 */
export async function decideDeadLetter(
  { database, schemas, operators }: CommandPorts,
  { caller, id, decision, reason }: DecideDeadLetter,
): Promise<DeadLetter> {
  const { userId } = asOperator(caller, operators)
  // It cannot be taken back, and is all that those who miss it later will read.
  if (decision === 'DISCARD' && reason.trim() === '')
    throw new DomainError('BAD_USER_INPUT', 'say why it is given up', { argument: 'reason' })
  return database.unit([`dead-letter:${id}`], async (unit) => {
    const letter = await findDeadLetter(unit, id, unit.dialect.lockRows)
    if (!letter) throw new DomainError('DEAD_LETTER_NOT_FOUND', 'no such dead letter')
    const { consumer, quarantineId, state, pending } = letter
    if (pending === decision || (state === 'REDRIVEN' && decision === 'REDRIVE')) return letter
    if (state === 'DISCARDED' && decision === 'DISCARD') return letter
    if (state !== 'PARKED' || pending !== null) {
      throw new DomainError('DEAD_LETTER_DECIDED', `it is ${pending ? 'about to be decided' : state}`)
    }
    const previous = await notePending(unit, id, decision)
    const value = { consumer, quarantineId, decision, reason, decidedBy: userId, decidedAt: unit.now }
    const stream = `dead-letter/${id}`
    const standing = { stream, version: previous + 1, previous, correlationId: stream }
    await publish(unit, schemas, [{ topic: 'quarantine-decisions', key: id, value, ...standing }])
    return { ...letter, pending: decision }
  })
}
