import type { Missed, MissedKind } from './missed.ts'
import { unrunOutcome } from './unrun-fire.ts'

/** What a body is about, as receivers read it. */
export type WebhookType = 'job.late' | 'job.skipped' | 'job.expired' | 'job.failing' | 'job.overdue' | 'test'

const TYPES: { readonly [Kind in MissedKind]: WebhookType } = {
  LATE: 'job.late',
  SKIPPED: 'job.skipped',
  EXPIRED: 'job.expired',
  FAILING: 'job.failing',
  OVERDUE: 'job.overdue',
}
// The outcome in the ledger that a reason for skipping stands for.
const SKIPPED_AS: Readonly<Record<string, string>> = {
  PAUSED: 'SKIPPED_PAUSED',
  CALENDAR: 'SKIPPED_CALENDAR',
  DST_GAP: 'SKIPPED_DST',
}
const OUTCOMES: { readonly [Kind in Exclude<MissedKind, 'SKIPPED'>]: string } = {
  LATE: 'FIRED',
  EXPIRED: 'EXPIRED',
  FAILING: 'FAILED',
  OVERDUE: 'PENDING',
}
const DETAIL_LENGTH_MAX = 2_000

/** The type of what is sent for a kind. */
export function webhookTypeOf(kind: MissedKind): WebhookType {
  return TYPES[kind]
}

/** The body for something that was missed, as JSON text: made once, so that every attempt sends the same bytes. */
export function missedBody(missed: Missed, jobName: string | null): string {
  const { kind, workspaceId, jobId, cause, wallTime, count, reason, detail, lateByMs, executionId } = missed
  return JSON.stringify({
    type: webhookTypeOf(kind),
    timestamp: missed.at.toISOString(),
    data: {
      workspaceId,
      job: { id: jobId, name: jobName },
      cause,
      scheduledFor: missed.scheduledFor.toISOString(),
      through: missed.through.toISOString(),
      count,
      wallTime,
      outcome: kind === 'SKIPPED' ? skippedAs(reason) : OUTCOMES[kind],
      reason,
      detail: detail.slice(0, DETAIL_LENGTH_MAX).toWellFormed(),
      lateByMs,
      executionId,
    },
  })
}

function skippedAs(reason: string): string {
  return SKIPPED_AS[reason] ?? unrunOutcome(reason) ?? 'SKIPPED_CATCHUP'
}

/** The body of a test. */
export function testBody(workspaceId: string, webhookId: string, now: Date): string {
  return JSON.stringify({ type: 'test', timestamp: now.toISOString(), data: { workspaceId, webhookId } })
}
