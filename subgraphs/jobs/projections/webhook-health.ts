import type { Unit } from '#platform/database'

/** Notes that a webhook was reached. */
export async function noteDelivered(unit: Unit, webhookId: string): Promise<void> {
  const columns = ['webhook_id', 'failing_since', 'last_delivered_at']
  await unit.upsertMany('webhook_health', ['webhook_id'], columns, [[webhookId, null, unit.now.getTime()]])
}

/** Notes that a webhook was not reached. @returns since when it has not been */
export async function noteFailed(unit: Unit, webhookId: string): Promise<Date> {
  const row = [webhookId, unit.now.getTime(), null]
  await unit.insertMany('webhook_health', ['webhook_id', 'failing_since', 'last_delivered_at'], [row], 'ignore')
  await unit.run('update webhook_health set failing_since = ? where webhook_id = ? and failing_since is null', [
    unit.now.getTime(),
    webhookId,
  ])
  const sql = 'select failing_since from webhook_health where webhook_id = ?'
  const noted = await unit.get<{ failing_since: number | null }>(sql, [webhookId])
  return new Date(noted?.failing_since ?? unit.now.getTime())
}

/** Whoever enables a webhook again, or deletes it, begins anew. */
export async function forgetHealth(unit: Unit, webhookId: string): Promise<void> {
  await unit.run('delete from webhook_health where webhook_id = ?', [webhookId])
}
