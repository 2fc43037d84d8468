import { invariant } from '#platform/domain'
import type { Caller } from '#platform/identity'
import { freshSecret, keepSecret, shownSecret } from '../credentials/webhook-secrets.ts'
import type { JobsParts } from '../parts.ts'
import { withWebhook } from './change-webhook.ts'
import { recordWebhook } from './record-webhook.ts'
import type { WebhookWithSecret } from './set-webhook.ts'

/**
 * Makes the next secret of a webhook. For 24 hours the one before it signs, too.
 *
 * @throws {DomainError} WEBHOOK_NOT_FOUND
 */
export async function rotateWebhookSecret(
  parts: JobsParts,
  caller: Caller | null,
  webhookId: string,
  correlationId: string = parts.clock.newId(),
): Promise<WebhookWithSecret> {
  const secret = freshSecret()
  return withWebhook(parts, caller, { webhookId, correlationId }, async (unit, context) => {
    const command = { type: 'RotateWebhookSecret', now: unit.now } as const
    const { state } = await recordWebhook(unit, context, webhookId, command)
    invariant(typeof state !== 'string', 'a webhook whose secret was rotated is there')
    await keepSecret(unit, parts.webhooks.keys, state, secret)
    return { webhookId, secret: shownSecret(secret) }
  })
}
