import type { Database, Reader } from '#platform/database'
import { places } from '../projections/rows-by-id.ts'

/** How long a delivery that has ended stays in the log. */
export const KEPT_MS = 14 * 24 * 3_600_000
/** Deliveries that have ended in the log of one webhook. */
export const KEPT_MAX = 10_000
const BATCH = 200

/** Drops a batch of deliveries that ended long ago. @returns how many */
export async function pruneOld(database: Database): Promise<number> {
  const before = (await database.now()).getTime() - KEPT_MS
  const sql = 'select id from webhook_deliveries where finished_at <= ? order by finished_at limit ?'
  return drop(database, await database.reader.all<{ id: string }>(sql, [before, BATCH]))
}

/** Drops a batch of what a webhook has more of than its log holds. @returns how many */
export async function pruneWebhook(database: Database, webhookId: string): Promise<number> {
  const oldest = await oldestKept(database.reader, webhookId)
  if (oldest === undefined) return 0
  const along = database.dialect.alongIndex('webhook_deliveries_list')
  const sql = `select id from webhook_deliveries${along} where webhook_id = ? and id <= ? and next_attempt_at is null
    order by id limit ?`
  return drop(database, await database.reader.all<{ id: string }>(sql, [webhookId, oldest, BATCH]))
}

async function oldestKept(reader: Reader, webhookId: string): Promise<string | undefined> {
  const along = reader.dialect.alongIndex('webhook_deliveries_list')
  const sql = `select id from webhook_deliveries${along} where webhook_id = ? order by id desc limit 1 offset ?`
  return (await reader.get<{ id: string }>(sql, [webhookId, KEPT_MAX]))?.id
}

async function drop(database: Database, rows: readonly { readonly id: string }[]): Promise<number> {
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  return database.unit(['webhook-log'], async (unit) => {
    await unit.run(`delete from webhook_attempts where delivery_id in (${places(ids)})`, ids)
    // Somebody may have asked for one again meanwhile.
    return unit.run(`delete from webhook_deliveries where id in (${places(ids)}) and next_attempt_at is null`, ids)
  })
}
