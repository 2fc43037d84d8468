import type { ClaimQuery, Database, Unit } from '#platform/database'
import { type SealedSecret, sealedSecrets } from '../credentials/webhook-secrets.ts'
import type { Webhook } from '../domain/webhook.ts'
import { TRIES_MAX } from '../domain/webhook-delivery.ts'
import { places, rowsById } from '../projections/rows-by-id.ts'
import { ATTEMPT_COLUMNS, type DeliveryRow } from '../projections/webhook-deliveries.ts'
import { findAnywhere } from '../projections/webhooks.ts'
import type { Lanes } from './lanes.ts'

/** A delivery that this process alone may try, until its lease ends. */
export interface Claimed {
  readonly delivery: DeliveryRow
  /** Goes with the result: an older one is refused. */
  readonly epoch: number
  readonly webhook: Webhook
  readonly secrets: readonly SealedSecret[]
  /** The database's time of the claim. */
  readonly at: Date
}

/** Much longer than an attempt may take. Then whoever comes next tries again, under the same id. */
export const LEASE_MS = 30_000
/** Rows that one claim looks at. */
export const CLAIM_ROWS_MAX = 64

/**
 * Takes deliveries that are due, those of hosts and workspaces left out that have all they may. A lease that ended stands
 * in the log as an attempt of which nobody knows what came.
 *
 * @param lanes are entered for what is returned
 */
export async function claimDeliveries(database: Database, lanes: Lanes): Promise<readonly Claimed[]> {
  const now = await database.now()
  const { dialect, reader } = database
  const rowsMax = Math.min(CLAIM_ROWS_MAX, lanes.room)
  if (rowsMax <= 0) return []
  const query = dueQuery(dialect.alongIndex('webhook_deliveries_due'), now, lanes, rowsMax)
  // A look costs no transaction.
  if ((await reader.all(query.sql, query.params)).length === 0) return []
  let entered: DeliveryRow[] = []
  try {
    return await database.claim<DeliveryRow, readonly Claimed[]>(query, async (unit, rows) => {
      // A unit that was lost is run again.
      for (const row of entered) lanes.leave(travellerOf(row))
      entered = rows.filter((row) => lanes.enter(travellerOf(row)))
      const claimed = await lease(unit, entered)
      for (const row of entered) if (!claimed.some(({ delivery }) => delivery === row)) lanes.leave(travellerOf(row))
      entered = claimed.map(({ delivery }) => delivery)
      return claimed
    })
  } catch (error) {
    for (const row of entered) lanes.leave(travellerOf(row))
    throw error
  }
}

/** What a delivery takes up. */
export function travellerOf({ host, workspace_id }: DeliveryRow): {
  readonly host: string
  readonly workspaceId: string
} {
  return { host, workspaceId: workspace_id }
}

function dueQuery(
  alongIndex: string,
  now: Date,
  { fullHosts, fullWorkspaces }: Lanes,
  limit: number,
): Required<ClaimQuery> {
  const left = [
    ...(fullHosts.length > 0 ? [` and host not in (${places(fullHosts)})`] : []),
    ...(fullWorkspaces.length > 0 ? [` and workspace_id not in (${places(fullWorkspaces)})`] : []),
  ]
  return {
    sql: `select * from webhook_deliveries${alongIndex} where next_attempt_at <= ?${left.join('')}
      order by next_attempt_at limit ?`,
    params: [now.getTime(), ...fullHosts, ...fullWorkspaces, limit],
  }
}

async function lease(unit: Unit, rows: readonly DeliveryRow[]): Promise<readonly Claimed[]> {
  const lost = rows.filter((row) => row.is_leased === 1)
  const attempts = lost.map(({ id, epoch }) => [
    id,
    epoch,
    unit.now.getTime() - LEASE_MS,
    LEASE_MS,
    null,
    'INTERRUPTED',
  ])
  await unit.insertMany('webhook_attempts', ATTEMPT_COLUMNS, attempts, 'ignore')
  const webhookIds = [...new Set(rows.map((row) => row.webhook_id))]
  const webhooks = await findAnywhere(unit, webhookIds)
  const secrets = await sealedSecrets(unit, webhookIds, unit.now)
  const claimed: Claimed[] = []
  for (const row of rows) {
    const webhook = webhooks.get(row.webhook_id)
    if (webhook === undefined) await drop(unit, row)
    else if (!webhook.isEnabled && row.type !== 'test') await giveUp(unit, row, 'WEBHOOK_DISABLED')
    // Each process that tried it died: it must not go round for ever.
    else if (row.tries >= TRIES_MAX) await giveUp(unit, row, 'INTERRUPTED')
    else
      claimed.push({
        delivery: row,
        epoch: row.epoch + 1,
        webhook,
        secrets: secrets.get(webhook.id) ?? [],
        at: unit.now,
      })
  }
  const ids = claimed.map(({ delivery }) => delivery.id)
  if (ids.length > 0) {
    const sql = `update webhook_deliveries set epoch = epoch + 1, tries = tries + 1, is_leased = 1, next_attempt_at = ?
      where id in (${places(ids)})`
    await unit.run(sql, [unit.now.getTime() + LEASE_MS, ...ids])
  }
  return claimed
}

/** Of a webhook that was deleted nobody asks any more. */
async function drop(unit: Unit, { id }: DeliveryRow): Promise<void> {
  await unit.run('delete from webhook_attempts where delivery_id = ?', [id])
  await unit.run('delete from webhook_deliveries where id = ?', [id])
}

async function giveUp(unit: Unit, { id, epoch }: DeliveryRow, errorCode: string): Promise<void> {
  const nowMs = unit.now.getTime()
  const attempt = [id, epoch + 1, nowMs, 0, null, errorCode]
  await unit.insertMany('webhook_attempts', ATTEMPT_COLUMNS, [attempt])
  const sql = `update webhook_deliveries set state = 'FAILED', epoch = epoch + 1, is_leased = 0, next_attempt_at = null,
    finished_at = ? where id = ?`
  await unit.run(sql, [nowMs, id])
}

/** The row of a claim that still holds; nothing when its lease ended and another took it. */
export async function heldRow(unit: Unit, { delivery, epoch }: Claimed): Promise<DeliveryRow | undefined> {
  const sql = 'select * from webhook_deliveries where id in'
  const [row] = await rowsById<DeliveryRow>(unit, sql, [], [delivery.id], unit.dialect.lockRows)
  return row?.epoch === epoch && row.is_leased === 1 ? row : undefined
}
