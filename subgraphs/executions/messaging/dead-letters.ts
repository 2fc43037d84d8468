import { applyTopics, type Consumer, type Delivery, type Messaging, PoisonError } from '#platform/messaging'
import { type DeadLetter, saveDeadLetters } from '../projections/dead-letters.ts'
import type { IntakePorts } from './intake.ts'

// A value may be large.
const BATCH_RECORDS_MAX = 50

/** Follows what the consumers of all services park, and what becomes of it. */
export function followQuarantine(
  { database, schemas, clock, log }: Pick<IntakePorts, 'database' | 'schemas' | 'clock' | 'log'>,
  messaging: Messaging,
): Promise<Consumer> {
  return applyTopics({
    ...{ messaging, database, schemas, clock, log },
    consumer: 'dead-letters',
    topics: ['quarantine'],
    batchRecordsMax: BATCH_RECORDS_MAX,
    isFullState: () => true,
    async apply(unit, deliveries) {
      const latest = new Map(deliveries.flatMap(toldLetters).map((letter) => [letter.id, letter]))
      await saveDeadLetters(unit, [...latest.values()])
    },
  })
}

function toldLetters(delivery: Delivery): readonly (DeadLetter & { readonly value: Uint8Array | null })[] {
  if (delivery.name !== 'carillon.platform.RecordQuarantined') {
    throw new PoisonError(`quarantine carries no ${delivery.name}`)
  }
  const { quarantineId, quarantinedAt, decidedAt, state, consumer, ...told } = delivery.value
  // One without a number was written before there were decisions, and is told of anew with it.
  if (quarantineId === 0 || state === 'UNKNOWN') return []
  const { topic, partition, offset, key, sizeBytes, schemaId, reason, message, note, decidedBy, redrives, value } = told
  return [
    {
      ...{ id: `${consumer}.${quarantineId}`, consumer, quarantineId, topic, partition, offset, key, value },
      ...{ sizeBytes, schemaId, reason, message, quarantinedAtMs: quarantinedAt.getTime(), state, note },
      ...{ decidedBy, decidedAtMs: decidedAt?.getTime() ?? null, redrives, pending: null },
    },
  ]
}
