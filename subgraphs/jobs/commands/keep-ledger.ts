import type { Unit } from '#platform/database'
import { missedBy } from '../domain/missed.ts'
import type { Occurrence } from '../domain/occurrence.ts'
import { type UnrunFire, unrunDetail, unrunMissed } from '../domain/unrun-fire.ts'
import type { JobsParts } from '../parts.ts'
import { recordMissed } from '../projections/missed.ts'
import { addOccurrences } from '../projections/occurrences.ts'
import { markUnrun, toldUnrun } from '../projections/unrun-fires.ts'

/** What others told of nominal times. */
export interface ToldTimes {
  readonly occurrences: readonly Occurrence[]
  readonly unrun: readonly UnrunFire[]
}

/** Writes down what became of nominal times, and tells those who watch of what was missed. */
export async function keepLedger(unit: Unit, { clock }: Pick<JobsParts, 'clock'>, told: ToldTimes): Promise<void> {
  const { occurrences, unrun } = told
  await addToLedger(unit, 'occurrences', told)
  const missed = [...occurrences.flatMap((occurrence) => missedBy(occurrence) ?? []), ...unrun.map(unrunMissed)]
  if (missed.length === 0) return
  await recordMissed(
    unit,
    missed.map((each) => ({ id: clock.newId(), ...each })),
  )
}

/** Writes down what became of nominal times, in the live ledger or in one beside it. */
export async function addToLedger(unit: Unit, table: string, { occurrences, unrun }: ToldTimes): Promise<void> {
  await addOccurrences(unit, table, occurrences)
  const fires = unrun.map((fire) => ({ ...fire, detail: unrunDetail(fire) }))
  await markUnrun(unit, table, [...fires, ...(await toldUnrun(unit, occurrences))])
}
