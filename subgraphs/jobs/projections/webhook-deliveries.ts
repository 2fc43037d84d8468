import type { Reader, Row, Unit, Value } from '#platform/database'
import type { WebhookType } from '../domain/webhook-body.ts'
import type { DeliveryState } from '../domain/webhook-delivery.ts'
import { places, rowsById } from './rows-by-id.ts'

/** A delivery as its row is stored. */
export interface DeliveryRow extends Row {
  readonly id: string
  readonly webhook_id: string
  readonly workspace_id: string
  readonly missed_id: string | null
  readonly type: WebhookType
  readonly host: string
  readonly body: string
  readonly state: DeliveryState
  readonly tries: number
  readonly epoch: number
  readonly is_leased: number
  readonly next_attempt_at: number | null
  readonly created_at: number
  readonly finished_at: number | null
}

/** One thing that is told to one webhook, with every attempt at it. */
export interface Delivery {
  /** Also the `webhook-id` of each attempt: receivers know a repetition by it. */
  readonly id: string
  readonly webhookId: string
  readonly workspaceId: string
  readonly type: WebhookType
  /** What is sent, as JSON text. */
  readonly body: string
  readonly state: DeliveryState
  readonly createdAt: Date
  /** Null when there will be none. */
  readonly nextAttemptAt: Date | null
  /** The oldest first. */
  readonly attempts: readonly DeliveryAttempt[]
}

/** One try at a delivery. */
export interface DeliveryAttempt {
  readonly at: Date
  readonly durationMs: number
  readonly statusCode: number | null
  /** Why there is no status, as a stable code. */
  readonly errorCode: string | null
}

/** A delivery that is made now. */
export interface NewDelivery {
  readonly id: string
  readonly webhookId: string
  readonly workspaceId: string
  readonly missedId: string | null
  readonly type: WebhookType
  readonly host: string
  readonly body: string
}

const COLUMNS = [
  'id',
  'webhook_id',
  'workspace_id',
  'missed_id',
  'type',
  'host',
  'body',
  'state',
  'tries',
  'epoch',
  'is_leased',
  'next_attempt_at',
  'created_at',
  'finished_at',
] as const satisfies readonly (keyof DeliveryRow)[]

/** The columns of `webhook_attempts`. */
export const ATTEMPT_COLUMNS = [
  'delivery_id',
  'epoch',
  'attempted_at',
  'duration_ms',
  'status_code',
  'error_code',
] as const

/** Writes deliveries that are due at once. The same thing is told to a webhook once, however often it is written. */
export async function insertDeliveries(unit: Unit, deliveries: readonly NewDelivery[]): Promise<void> {
  const nowMs = unit.now.getTime()
  await insert(unit, deliveries, ['PENDING', 0, 0, 0, nowMs, nowMs, null])
}

/** Writes deliveries that failed before they were tried. They can be asked for again. */
export async function insertFailed(unit: Unit, deliveries: readonly NewDelivery[], errorCode: string): Promise<void> {
  const nowMs = unit.now.getTime()
  await insert(unit, deliveries, ['FAILED', 0, 0, 0, null, nowMs, nowMs])
  const attempts = deliveries.map(({ id }) => [id, 0, nowMs, 0, null, errorCode])
  await unit.insertMany('webhook_attempts', ATTEMPT_COLUMNS, attempts)
}

async function insert(unit: Unit, deliveries: readonly NewDelivery[], standing: readonly Value[]): Promise<void> {
  const rows = deliveries.map((each) => {
    const { id, webhookId, workspaceId, missedId, type, host, body } = each
    return [id, webhookId, workspaceId, missedId, type, host, body, ...standing]
  })
  await unit.insertMany('webhook_deliveries', COLUMNS, rows, 'ignore')
}

/** Makes a delivery due now, unless it is under way. @returns false when it was attempted `epochMax` times */
export async function askAgain(unit: Unit, id: string, epochMax: number): Promise<boolean> {
  const sql = `update webhook_deliveries set state = 'PENDING', tries = 0, next_attempt_at = ?, finished_at = null
    where id = ? and is_leased = 0 and epoch < ?`
  if ((await unit.run(sql, [unit.now.getTime(), id, epochMax])) > 0) return true
  const row = await unit.get<{ epoch: number }>('select epoch from webhook_deliveries where id = ?', [id])
  return row !== undefined && row.epoch < epochMax
}

/** What is open of a webhook goes to another host from now on. */
export async function moveDeliveries(unit: Unit, webhookId: string, host: string): Promise<void> {
  const sql = 'update webhook_deliveries set host = ? where webhook_id = ? and next_attempt_at is not null'
  await unit.run(sql, [host, webhookId])
}

/** How many deliveries of a webhook are open, as far as `max`. */
export async function countOpen(reader: Reader, webhookId: string, max: number): Promise<number> {
  const sql = `select count(*) as total from (
    select 1 as one from webhook_deliveries where webhook_id = ? and next_attempt_at is not null limit ?) as open_ones`
  return Number((await reader.get<{ total: number }>(sql, [webhookId, max]))?.total ?? 0)
}

/** How many tests of a webhook are open. */
export async function countOpenTests(reader: Reader, webhookId: string): Promise<number> {
  const sql = `select count(*) as total from webhook_deliveries
    where webhook_id = ? and next_attempt_at is not null and type = 'test'`
  return Number((await reader.get<{ total: number }>(sql, [webhookId]))?.total ?? 0)
}

/** The deliveries of a webhook, the newest first, after an id. Whoever asks has been let see the webhook. */
export async function listDeliveries(
  reader: Reader,
  webhookId: string,
  { afterId, limit }: { readonly afterId: string | null; readonly limit: number },
): Promise<readonly Delivery[]> {
  const after = afterId === null ? [] : [afterId]
  const along = reader.dialect.alongIndex('webhook_deliveries_list')
  const sql = `select * from webhook_deliveries${along} where webhook_id = ?${afterId === null ? '' : ' and id < ?'}
    order by id desc limit ?`
  return withAttempts(reader, await reader.all<DeliveryRow>(sql, [webhookId, ...after, limit]))
}

/** One delivery; null for another workspace's as for none. */
export async function findDelivery(
  reader: Reader,
  workspaceIds: readonly string[],
  id: string,
): Promise<Delivery | null> {
  if (workspaceIds.length === 0) return null
  const sql = `select * from webhook_deliveries where id = ? and workspace_id in (${places(workspaceIds)})`
  const [found] = await withAttempts(reader, await reader.all<DeliveryRow>(sql, [id, ...workspaceIds]))
  return found ?? null
}

interface AttemptRow extends Row {
  readonly delivery_id: string
  readonly attempted_at: number
  readonly duration_ms: number
  readonly status_code: number | null
  readonly error_code: string | null
}

async function withAttempts(reader: Reader, rows: readonly DeliveryRow[]): Promise<readonly Delivery[]> {
  const ids = rows.map(({ id }) => id)
  const sql = 'select * from webhook_attempts where delivery_id in'
  const attempts = await rowsById<AttemptRow>(reader, sql, [], ids, ' order by delivery_id, epoch')
  const byDelivery = Map.groupBy(attempts, (row) => row.delivery_id)
  return rows.map((row) => ({
    id: row.id,
    webhookId: row.webhook_id,
    workspaceId: row.workspace_id,
    type: row.type,
    body: row.body,
    state: row.state,
    createdAt: new Date(row.created_at),
    nextAttemptAt: row.next_attempt_at === null ? null : new Date(row.next_attempt_at),
    attempts: (byDelivery.get(row.id) ?? []).map((attempt) => ({
      at: new Date(attempt.attempted_at),
      durationMs: attempt.duration_ms,
      statusCode: attempt.status_code,
      errorCode: attempt.error_code,
    })),
  }))
}
