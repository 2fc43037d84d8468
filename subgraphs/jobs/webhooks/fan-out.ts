import type { Database, Unit } from '#platform/database'
import type { Missed } from '../domain/missed.ts'
import type { Webhook } from '../domain/webhook.ts'
import { missedBody, webhookTypeOf } from '../domain/webhook-body.ts'
import { hostOf } from '../domain/webhook-input.ts'
import { loadJobsAnywhere } from '../projections/job-rows.ts'
import { dropReadMissed, missedAfter } from '../projections/missed.ts'
import { countOpen, insertDeliveries, insertFailed, type NewDelivery } from '../projections/webhook-deliveries.ts'
import { enabledWebhooks } from '../projections/webhooks.ts'

/** What was missed is shared out in pages of so many. */
export const FAN_OUT_PAGE = 200
/** Open deliveries of one webhook. What comes beyond them fails at once, visibly, and can be asked for again. */
export const OPEN_MAX = 5_000

const FEED = 'missed'

/**
 * Makes a delivery for each webhook that wants to hear of what was missed since the last time: a place in the feed of
 * what was missed, kept in the unit that writes the deliveries, so that none is lost or made twice. Any process may.
 *
 * @returns how much was shared out, and the webhooks that have more open than they may
 */
export async function fanOut(
  database: Database,
  newId: () => string,
): Promise<{ readonly shared: number; readonly overfull: readonly string[] }> {
  // A look costs no transaction.
  const seen = (await positionOf(database.reader)) ?? 0
  if ((await missedAfter(database.reader, seen, 1)).length === 0) return { shared: 0, overfull: [] }
  return database.unit([`feed:${FEED}`], async (unit) => {
    const position = await holdPosition(unit)
    const page = await missedAfter(unit, position, FAN_OUT_PAGE)
    const last = page.at(-1)
    if (!last) return { shared: 0, overfull: [] }
    await unit.run('update webhook_cursor set position = ? where feed = ?', [last.position, FEED])
    await dropReadMissed(unit, last.position)
    const overfull = await share(
      unit,
      page.map(({ missed }) => missed),
      newId,
    )
    return { shared: page.length, overfull }
  })
}

async function share(unit: Unit, page: readonly Missed[], newId: () => string): Promise<readonly string[]> {
  const byWorkspace = await enabledWebhooks(unit, [...new Set(page.map(({ workspaceId }) => workspaceId))])
  if (byWorkspace.size === 0) return []
  const told = page.filter(({ workspaceId }) => byWorkspace.has(workspaceId))
  const jobs = await loadJobsAnywhere(unit, [...new Set(told.map(({ jobId }) => jobId))])
  const overfull: string[] = []
  for (const webhook of [...byWorkspace.values()].flat()) {
    const wanted = told.filter((missed) => wants(webhook, missed))
    const room = wanted.length === 0 ? 0 : OPEN_MAX - (await countOpen(unit, webhook.id, OPEN_MAX))
    if (room < wanted.length) overfull.push(webhook.id)
    const deliveries = wanted.map((missed): NewDelivery => {
      const { id: webhookId, workspaceId, url } = webhook
      const body = missedBody(missed, jobs.get(missed.jobId)?.state.name ?? null)
      const about = { missedId: missed.id, type: webhookTypeOf(missed.kind), body }
      return { id: newId(), webhookId, workspaceId, host: hostOf(url), ...about }
    })
    await insertDeliveries(unit, deliveries.slice(0, room))
    await insertFailed(unit, deliveries.slice(room), 'BACKLOG_FULL')
  }
  return overfull
}

function wants({ workspaceId, kinds, createdAt }: Webhook, missed: Missed): boolean {
  return workspaceId === missed.workspaceId && kinds.includes(missed.kind) && missed.at >= createdAt
}

async function positionOf(reader: Pick<Unit, 'get'>): Promise<number | undefined> {
  return (await reader.get<{ position: number }>('select position from webhook_cursor where feed = ?', [FEED]))
    ?.position
}

/** Until the unit commits nobody else shares out; whoever waited sees the place that this one left. */
async function holdPosition(unit: Unit): Promise<number> {
  await unit.insertMany('webhook_cursor', ['feed', 'position'], [[FEED, 0]], 'ignore')
  await unit.run('update webhook_cursor set position = position where feed = ?', [FEED])
  return (await positionOf(unit)) ?? 0
}
