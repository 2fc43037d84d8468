import type { Unit } from '#platform/database'

/** Who decided on a parked record, and why. */
export interface Decision {
  readonly by: string
  readonly reason: string
}

const NOTE_CHARACTERS_MAX = 1_000

// Whatever is decided is told: what was told before is not all any more.
const UNDECIDED = 'announced_at = null where id = ? and replayed_at is null and discarded_at is null'

/** Marks a record as put back. @returns false when it was decided on before */
export async function markReplayed(unit: Unit, id: number, { by }: Decision): Promise<boolean> {
  const set = 'replayed_at = ?, decided_at = ?, decided_by = ?, note = null, redrives = coalesce(redrives, 0) + 1'
  const nowMs = unit.now.getTime()
  return (await unit.run(`update quarantine set ${set}, ${UNDECIDED}`, [nowMs, nowMs, by, id])) === 1
}

/** Marks a record as given up. @returns false when it was decided on before */
export async function markDiscarded(unit: Unit, id: number, { by, reason }: Decision): Promise<boolean> {
  const set = 'discarded_at = ?, decided_at = ?, decided_by = ?, note = ?'
  const nowMs = unit.now.getTime()
  const note = reason.slice(0, NOTE_CHARACTERS_MAX)
  return (await unit.run(`update quarantine set ${set}, ${UNDECIDED}`, [nowMs, nowMs, by, note, id])) === 1
}

/** Notes why a decision could not be carried out: the record stays parked. */
export async function noteRefusal(unit: Unit, id: number, { by, reason }: Decision): Promise<void> {
  const set = 'decided_at = ?, decided_by = ?, note = ?, redrives = coalesce(redrives, 0) + 1'
  const note = reason.slice(0, NOTE_CHARACTERS_MAX)
  await unit.run(`update quarantine set ${set}, ${UNDECIDED}`, [unit.now.getTime(), by, note, id])
}

/** Has a record told of again: somebody may wait for that, and nothing has changed. */
export async function tellAgain(unit: Unit, consumer: string, id: number): Promise<void> {
  await unit.run('update quarantine set announced_at = null where id = ? and consumer = ?', [id, consumer])
}
