import type { Database, Unit } from '#platform/database'
import { retryConflicts } from '#platform/event-store'
import { recordWebhook } from '../commands/record-webhook.ts'
import { webhookStream } from '../domain/webhook.ts'
import { type AttemptOutcome, FAILING_MS_MAX, type Verdict, verdictOn } from '../domain/webhook-delivery.ts'
import { ATTEMPT_COLUMNS, type DeliveryRow } from '../projections/webhook-deliveries.ts'
import { noteDelivered, noteFailed } from '../projections/webhook-health.ts'
import { type Claimed, heldRow } from './claim-deliveries.ts'

/** What came of an attempt, and how long it took. */
export interface Attempted extends AttemptOutcome {
  readonly durationMs: number
}

/** What was written of an attempt. */
export interface Concluded {
  readonly verdict: Verdict
  /** Why the webhook was disabled by this, if it was. */
  readonly disabled: 'GONE' | 'FAILING' | null
}

const ACTOR = 'jobs'

/**
 * Writes what came of an attempt, what follows for the delivery, and for its webhook.
 *
 * @returns null when the lease had ended: then another process tries, and its result counts
 */
export function concludeAttempt(
  database: Database,
  claimed: Claimed,
  attempted: Attempted,
  jitter: number,
): Promise<Concluded | null> {
  const { webhook, delivery } = claimed
  return retryConflicts(() =>
    database.unit([webhookStream(webhook.id), `delivery:${delivery.id}`], async (unit) => {
      const row = await heldRow(unit, claimed)
      if (!row) return null
      const verdict = verdictOn(attempted, { tries: row.tries, isTest: row.type === 'test' }, jitter)
      await writeVerdict(unit, row, attempted, verdict)
      const disabled = await judgeWebhook(unit, claimed, verdict)
      if (disabled === null) return { verdict, disabled }
      const context = { workspaceId: webhook.workspaceId, actor: ACTOR, correlationId: row.id, causationId: row.id }
      await recordWebhook(unit, context, webhook.id, { type: 'DisableWebhook', reason: disabled, now: unit.now })
      return { verdict, disabled }
    }),
  )
}

async function writeVerdict(unit: Unit, row: DeliveryRow, attempted: Attempted, verdict: Verdict): Promise<void> {
  const nowMs = unit.now.getTime()
  const { statusCode, errorCode, durationMs } = attempted
  const attempt = [row.id, row.epoch, nowMs - durationMs, durationMs, statusCode, errorCode]
  await unit.insertMany('webhook_attempts', ATTEMPT_COLUMNS, [attempt], 'ignore')
  const isOpen = verdict.state === 'PENDING'
  const sql =
    'update webhook_deliveries set state = ?, is_leased = 0, next_attempt_at = ?, finished_at = ? where id = ?'
  await unit.run(sql, [verdict.state, isOpen ? nowMs + verdict.delayMs : null, isOpen ? null : nowMs, row.id])
}

/** @returns why the webhook is to be disabled, if it is */
async function judgeWebhook(
  unit: Unit,
  { webhook, delivery }: Claimed,
  verdict: Verdict,
): Promise<Concluded['disabled']> {
  if (verdict.state === 'DELIVERED') {
    await noteDelivered(unit, webhook.id)
    return null
  }
  // A test that fails says nothing of what is told.
  if (delivery.type === 'test') return null
  const failingSince = await noteFailed(unit, webhook.id)
  if (verdict.state === 'PENDING') return null
  if (verdict.isGone) return 'GONE'
  return unit.now.getTime() - failingSince.getTime() >= FAILING_MS_MAX ? 'FAILING' : null
}
