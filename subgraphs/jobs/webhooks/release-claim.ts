import type { Database } from '#platform/database'
import { type Claimed, heldRow } from './claim-deliveries.ts'

/** Gives a delivery back that was not tried to its end, so that another process need not wait for its lease. */
export async function releaseClaim(database: Database, claimed: Claimed): Promise<void> {
  await database.unit([`delivery:${claimed.delivery.id}`], async (unit) => {
    const row = await heldRow(unit, claimed)
    if (!row) return
    const sql = 'update webhook_deliveries set tries = tries - 1, is_leased = 0, next_attempt_at = ? where id = ?'
    await unit.run(sql, [unit.now.getTime(), row.id])
  })
}
