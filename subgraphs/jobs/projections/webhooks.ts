import type { Reader, Row, Unit } from '#platform/database'
import type { Projection } from '#platform/projections'
import type { MissedKind } from '../domain/missed.ts'
import { type Webhook, type WebhookState, webhook } from '../domain/webhook.ts'
import type { DisabledReason, WebhookEvent } from '../domain/webhook-event.ts'
import { places, rowsById } from './rows-by-id.ts'

interface WebhookRow extends Row {
  readonly id: string
  readonly workspace_id: string
  readonly url: string
  readonly kinds: string
  readonly is_enabled: number
  readonly disabled_reason: DisabledReason | null
  readonly disabled_at: number | null
  readonly secret_generation: number
  readonly created_at: number
  readonly updated_at: number
  readonly version: number
}

const COLUMNS = [
  'id',
  'workspace_id',
  'url',
  'kinds',
  'is_enabled',
  'disabled_reason',
  'disabled_at',
  'secret_generation',
  'created_at',
  'updated_at',
  'version',
] as const satisfies readonly (keyof WebhookRow)[]

/** Webhooks as the API and the deliveries read them. */
export const webhooksProjection: Projection<WebhookEvent> = {
  name: 'webhooks',
  tables: [{ name: 'webhooks', keyColumns: ['id'] }],

  async apply(unit, events, into) {
    const table = into('webhooks')
    // The database has the events of jobs, too.
    for (const { event } of events.filter(({ stream }) => stream.startsWith('webhook-'))) {
      const before = (await findAnywhere(unit, [event.webhookId], table)).get(event.webhookId) ?? webhook.initial
      await saveWebhook(unit, event.webhookId, webhook.evolve(before, event), table)
    }
  },
}

/** Writes a webhook as it stands now, or takes its row away. */
export async function saveWebhook(unit: Unit, id: string, state: WebhookState, table = 'webhooks'): Promise<void> {
  if (typeof state === 'string') {
    await unit.run(`delete from ${table} where id = ?`, [id])
    return
  }
  const { workspaceId, url, kinds, isEnabled, disabledReason, disabledAt, secretGeneration, version } = state
  const how = [url, kinds.join(' '), isEnabled ? 1 : 0, disabledReason, disabledAt?.getTime() ?? null, secretGeneration]
  const row = [id, workspaceId, ...how, state.createdAt.getTime(), state.updatedAt.getTime(), version]
  await unit.upsertMany(table, ['id'], COLUMNS, [row])
}

/** A webhook with what its deliveries found. */
export interface KnownWebhook extends Webhook {
  /** Since when no delivery succeeded though some were tried; null when the last one did. */
  readonly failingSince: Date | null
  readonly lastDeliveredAt: Date | null
}

/** The webhooks of workspaces, in the order in which they were made. */
export async function listWebhooks(reader: Reader, workspaceIds: readonly string[]): Promise<readonly KnownWebhook[]> {
  if (workspaceIds.length === 0) return []
  const sql = `${KNOWN} where w.workspace_id in (${places(workspaceIds)}) order by w.id`
  return (await reader.all<KnownRow>(sql, [...workspaceIds])).map(knownFrom)
}

/** One webhook; null for another workspace's as for none. */
export async function findWebhook(
  reader: Reader,
  workspaceIds: readonly string[],
  id: string,
): Promise<KnownWebhook | null> {
  if (workspaceIds.length === 0) return null
  const sql = `${KNOWN} where w.id = ? and w.workspace_id in (${places(workspaceIds)})`
  const row = await reader.get<KnownRow>(sql, [id, ...workspaceIds])
  return row ? knownFrom(row) : null
}

/** Webhooks of any workspaces by their ids: for deliveries, which know whose they are. */
export async function findAnywhere(
  reader: Reader,
  ids: readonly string[],
  table = 'webhooks',
): Promise<ReadonlyMap<string, Webhook>> {
  const rows = await rowsById<WebhookRow>(reader, `select * from ${table} where id in`, [], ids)
  return new Map(rows.map((row) => [row.id, webhookFrom(row)]))
}

/** The webhooks of workspaces that want to be told, by workspace. */
export async function enabledWebhooks(
  reader: Reader,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Webhook[]>> {
  const sql = 'select * from webhooks where is_enabled = 1 and workspace_id in'
  const rows = await rowsById<WebhookRow>(reader, sql, [], workspaceIds)
  return Map.groupBy(rows.map(webhookFrom), ({ workspaceId }) => workspaceId)
}

/** How many webhooks a workspace has. Until the unit commits nobody else counts them. */
export async function countWebhooks(unit: Unit, workspaceId: string): Promise<number> {
  await unit.insertMany('webhook_owners', ['workspace_id'], [[workspaceId]], 'ignore')
  const sql = 'select count(*) as total from webhooks where workspace_id = ?'
  return Number((await unit.get<{ total: number }>(sql, [workspaceId]))?.total ?? 0)
}

type KnownRow = WebhookRow & { readonly failing_since: number | null; readonly last_delivered_at: number | null }

const KNOWN = `select w.*, h.failing_since, h.last_delivered_at from webhooks w
  left join webhook_health h on h.webhook_id = w.id`

function knownFrom(row: KnownRow): KnownWebhook {
  return {
    ...webhookFrom(row),
    failingSince: instant(row.failing_since),
    lastDeliveredAt: instant(row.last_delivered_at),
  }
}

function webhookFrom(row: WebhookRow): Webhook {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    url: row.url,
    kinds: row.kinds.split(' ') as MissedKind[],
    isEnabled: row.is_enabled === 1,
    disabledReason: row.disabled_reason,
    disabledAt: instant(row.disabled_at),
    secretGeneration: row.secret_generation,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    version: row.version,
  }
}

function instant(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
