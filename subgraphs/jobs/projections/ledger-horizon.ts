import type { Reader, Unit } from '#platform/database'

const NAME = 'occurrences'

/** From when on the ledger is whole; null while nothing was deleted from it. */
export async function ledgerFrom(reader: Reader): Promise<Date | null> {
  const row = await reader.get<{ reaches_from: number }>('select reaches_from from ledger_horizon where name = ?', [
    NAME,
  ])
  return row ? new Date(row.reaches_from) : null
}

/** Takes down that what ended before an instant may be deleted. It never moves back. */
export async function moveHorizon(unit: Unit, before: Date): Promise<void> {
  const columns = ['name', 'reaches_from']
  await unit.insertMany('ledger_horizon', columns, [[NAME, before.getTime()]], 'ignore')
  const sql = 'update ledger_horizon set reaches_from = ? where name = ? and reaches_from < ?'
  await unit.run(sql, [before.getTime(), NAME, before.getTime()])
}
