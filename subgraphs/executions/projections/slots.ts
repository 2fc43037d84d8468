import type { Database, Reader, Unit } from '#platform/database'
import { rowsIn } from './bulk.ts'
import { NOBODY, PARKED } from './queue.ts'

/** A slot as it is taken or kept: the one execution that it lets run. */
export interface HeldSlot {
  readonly limitKey: string
  readonly slotNo: number
  readonly executionId: string
}

const KEY = ['limit_key', 'slot_no']

/** Makes the slots of the operator's limits, and drops those beyond them that are free. */
export async function prepareSlots(database: Database, maxima: ReadonlyMap<string, number>): Promise<void> {
  for (const [limitKey, max] of maxima) {
    const known = await database.reader.get<{ slots: number }>(
      'select count(*) as slots from slots where limit_key = ? and slot_no <= ?',
      [limitKey, max],
    )
    if (known?.slots === max) continue
    const rows = Array.from({ length: max }, (_, index) => [limitKey, index + 1, ''])
    await database.unit(['slots'], (unit) => unit.insertMany('slots', [...KEY, 'execution_id'], rows, 'ignore'))
  }
  for (const [limitKey, max] of maxima) {
    const beyond = `delete from slots where limit_key = ? and slot_no > ? and execution_id = ''`
    await database.unit(['slots'], (unit) => unit.run(beyond, [limitKey, max]))
  }
}

/** Free slots of a limit, at most `limit` of those that it has room for. Nobody else gets them before the unit commits. */
export async function freeSlots(unit: Unit, limitKey: string, max: number, limit: number): Promise<readonly number[]> {
  // A limit that was lowered still has what started before.
  const beyond = await unit.get<{ slots: number }>(
    `select count(*) as slots from slots where limit_key = ? and slot_no > ? and execution_id > ''`,
    [limitKey, max],
  )
  const over = beyond?.slots ?? 0
  const rows = await unit.all<{ slot_no: number }>(
    `select slot_no from slots where execution_id = '' and limit_key = ? and slot_no <= ?
     order by slot_no limit ?${unit.dialect.lockForClaim}`,
    [limitKey, max, limit + over],
  )
  return rows.map(({ slot_no }) => slot_no).slice(over)
}

/** Whether a limit has a slot that is free. */
export async function hasFreeSlot(reader: Reader, limitKey: string, max: number): Promise<boolean> {
  const sql = `select slot_no from slots where execution_id = '' and limit_key = ? and slot_no <= ? limit 1`
  return (await reader.get(sql, [limitKey, max])) !== undefined
}

/** How many slots of a limit are free. */
export async function countFreeSlots(reader: Reader, limitKey: string, max: number): Promise<number> {
  const sql = `select count(*) as slots from slots where execution_id = '' and limit_key = ? and slot_no <= ?`
  return (await reader.get<{ slots: number }>(sql, [limitKey, max]))?.slots ?? 0
}

/** The numbers of the slots that are held, by limit. */
export async function heldSlots(
  reader: Reader,
  limitKeys: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = await rowsIn<{ limit_key: string; slot_no: number }>(
    reader,
    'select limit_key, slot_no from slots where limit_key',
    limitKeys,
    { sql: `and execution_id > ''`, params: [] },
  )
  const byKey = Map.groupBy(rows, ({ limit_key }) => limit_key)
  return new Map([...byKey].map(([limitKey, held]) => [limitKey, held.map(({ slot_no }) => slot_no)]))
}

/** Writes who holds slots now. */
export async function takeSlots(unit: Unit, slots: readonly HeldSlot[]): Promise<void> {
  if (slots.length === 0) return
  const rows = slots.map(({ limitKey, slotNo, executionId }) => [limitKey, slotNo, executionId])
  await unit.upsertMany('slots', KEY, [...KEY, 'execution_id'], rows, ['execution_id'])
}

/** Frees whatever slots executions hold. */
export async function freeSlotsOf(unit: Unit, executionIds: readonly string[]): Promise<void> {
  const rows = await rowsIn<{ limit_key: string; slot_no: number }>(
    unit,
    'select limit_key, slot_no from slots where execution_id',
    executionIds,
    { sql: unit.dialect.lockRows, params: [] },
  )
  await takeSlots(
    unit,
    rows.map(({ limit_key, slot_no }) => ({ limitKey: limit_key, slotNo: slot_no, executionId: '' })),
  )
}

const ORPHANS_A_ROUND = 100

/** Slots of executions that do not run, some of them. There are none, unless a process knew nothing of the limit. */
export async function orphanSlots(reader: Reader): Promise<readonly HeldSlot[]> {
  const rows = await reader.all<{ limit_key: string; slot_no: number; execution_id: string }>(
    `select s.limit_key, s.slot_no, s.execution_id
     from slots s${reader.dialect.alongIndex('slots_holder')} left join queue q on q.execution_id = s.execution_id
     where s.execution_id > '' and (q.execution_id is null or q.executor_id in ('', '${NOBODY}', '${PARKED}')) limit ?`,
    [ORPHANS_A_ROUND],
  )
  return rows.map((row) => ({ limitKey: row.limit_key, slotNo: row.slot_no, executionId: row.execution_id }))
}

/** Frees one slot, if what holds it still does not run. @returns how many that were */
export async function freeOrphan(unit: Unit, { limitKey, slotNo, executionId }: HeldSlot): Promise<number> {
  const runs = `select execution_id from queue where execution_id = ? and executor_id not in ('', '${NOBODY}', '${PARKED}')`
  if (await unit.get(`${runs}${unit.dialect.lockRows}`, [executionId])) return 0
  const free = `update slots set execution_id = '' where limit_key = ? and slot_no = ? and execution_id = ?`
  return unit.run(free, [limitKey, slotNo, executionId])
}
