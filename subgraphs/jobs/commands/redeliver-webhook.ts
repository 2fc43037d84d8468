import { DomainError } from '#platform/domain'
import { authorize, type Caller, signedIn } from '#platform/identity'
import type { JobsParts } from '../parts.ts'
import { askAgain, findDelivery } from '../projections/webhook-deliveries.ts'
import { findWebhook } from '../projections/webhooks.ts'

/** Attempts at one delivery, however often it is asked for again. */
const EPOCH_MAX = 200

/**
 * Sends a delivery again, now, under the same id and with the same body, and as often as a new one. One that is under
 * way stays as it is.
 *
 * @throws {DomainError} DELIVERY_NOT_FOUND, for another's as for none; WEBHOOK_DISABLED, LIMIT_EXCEEDED
 */
export async function redeliverWebhook(
  { database }: JobsParts,
  caller: Caller | null,
  deliveryId: string,
): Promise<string> {
  const { workspaceIds } = signedIn(caller, 'run')
  const found = await findDelivery(database.reader, workspaceIds, deliveryId)
  const seen = authorize(caller, 'run', found, 'DELIVERY_NOT_FOUND')
  await database.unit([`delivery:${deliveryId}`], async (unit) => {
    const webhook = await findWebhook(unit, workspaceIds, seen.webhookId)
    if (!webhook) throw new DomainError('DELIVERY_NOT_FOUND', 'no such delivery')
    if (!webhook.isEnabled && seen.type !== 'test') {
      throw new DomainError('WEBHOOK_DISABLED', 'this webhook is disabled: enable it first')
    }
    if (!(await askAgain(unit, deliveryId, EPOCH_MAX))) {
      const message = `a delivery is attempted at most ${EPOCH_MAX} times`
      throw new DomainError('LIMIT_EXCEEDED', message, { limit: EPOCH_MAX })
    }
  })
  return deliveryId
}
