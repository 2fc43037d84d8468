import type { Caller } from '#platform/identity'
import { forgetSecrets } from '../credentials/webhook-secrets.ts'
import type { JobsParts } from '../parts.ts'
import { forgetHealth } from '../projections/webhook-health.ts'
import { withWebhook } from './change-webhook.ts'
import { recordWebhook } from './record-webhook.ts'

/**
 * Ends a webhook for good. What was not delivered yet is not any more.
 *
 * @throws {DomainError} WEBHOOK_NOT_FOUND
 */
export async function deleteWebhook(
  parts: JobsParts,
  caller: Caller | null,
  webhookId: string,
  correlationId: string = parts.clock.newId(),
): Promise<boolean> {
  return withWebhook(parts, caller, { webhookId, correlationId }, async (unit, context) => {
    await recordWebhook(unit, context, webhookId, { type: 'DeleteWebhook', now: unit.now })
    await forgetSecrets(unit, webhookId)
    await forgetHealth(unit, webhookId)
    return true
  })
}
