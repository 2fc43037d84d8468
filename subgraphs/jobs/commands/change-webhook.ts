import type { Unit } from '#platform/database'
import { retryConflicts } from '#platform/event-store'
import { authorize, type Caller, signedIn } from '#platform/identity'
import { webhookStream } from '../domain/webhook.ts'
import type { JobsParts } from '../parts.ts'
import { findWebhook, type KnownWebhook } from '../projections/webhooks.ts'
import type { EventContext } from './record-webhook.ts'

/**
 * Works on a webhook in one unit, once the caller was found to be one who may; anew when another writer was first.
 *
 * @throws {DomainError} WEBHOOK_NOT_FOUND, for another's as for none
 */
export async function withWebhook<Result>(
  { database }: Pick<JobsParts, 'database'>,
  caller: Caller | null,
  { webhookId, correlationId }: { readonly webhookId: string; readonly correlationId: string },
  work: (unit: Unit, context: EventContext, seen: KnownWebhook) => Promise<Result>,
): Promise<Result> {
  const { userId: actor, workspaceIds } = signedIn(caller, 'change')
  const found = await findWebhook(database.reader, workspaceIds, webhookId)
  const seen = authorize(caller, 'change', found, 'WEBHOOK_NOT_FOUND')
  const context = { workspaceId: seen.workspaceId, actor, correlationId, causationId: correlationId }
  return retryConflicts(() => database.unit([webhookStream(webhookId)], (unit) => work(unit, context, seen)))
}
