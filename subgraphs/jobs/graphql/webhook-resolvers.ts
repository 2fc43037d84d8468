import { DomainError } from '#platform/domain'
import { connection, pageOf } from '#platform/graphql'
import { signedIn } from '#platform/identity'
import { deleteWebhook } from '../commands/delete-webhook.ts'
import { redeliverWebhook } from '../commands/redeliver-webhook.ts'
import { rotateWebhookSecret } from '../commands/rotate-webhook-secret.ts'
import { setWebhook, type WebhookWithSecret } from '../commands/set-webhook.ts'
import { testWebhook } from '../commands/test-webhook.ts'
import { type Delivery, findDelivery, listDeliveries } from '../projections/webhook-deliveries.ts'
import { findWebhook, type KnownWebhook, listWebhooks } from '../projections/webhooks.ts'
import type { JobsContext } from './context.ts'
import type {
  MutationResolvers,
  QueryResolvers,
  WebhookDeliveryResolvers,
  WebhookResolvers,
  WebhookWithSecretResolvers,
} from './schema.generated.ts'

/** Where a workspace is told. */
export const webhookQuery: Pick<QueryResolvers, 'webhooks'> = {
  webhooks: (_parent, _args, { caller, parts }) => listWebhooks(parts.database.reader, signedIn(caller).workspaceIds),
}

/** What is done with webhooks. */
export const webhookMutation: Pick<
  MutationResolvers,
  'setWebhook' | 'rotateWebhookSecret' | 'deleteWebhook' | 'testWebhook' | 'redeliverWebhook'
> = {
  setWebhook: (_parent, { input }, { parts, caller, correlationId }) => setWebhook(parts, caller, input, correlationId),
  rotateWebhookSecret: (_parent, { id }, { parts, caller, correlationId }) =>
    rotateWebhookSecret(parts, caller, id, correlationId),
  deleteWebhook: (_parent, { id }, { parts, caller, correlationId }) => deleteWebhook(parts, caller, id, correlationId),
  testWebhook: async (_parent, { id }, context) =>
    deliveryOf(context, await testWebhook(context.parts, context.caller, id, context.correlationId)),
  redeliverWebhook: async (_parent, { deliveryId }, context) =>
    deliveryOf(context, await redeliverWebhook(context.parts, context.caller, deliveryId)),
}

const webhook: WebhookResolvers<JobsContext, KnownWebhook> = {
  async deliveries({ id }, args, { parts }) {
    const page = pageOf(args)
    const afterId = page.after === null ? null : String(page.after[0])
    const rows = await listDeliveries(parts.database.reader, id, { afterId, limit: page.first + 1 })
    return connection(page, rows, (delivery) => [delivery.id])
  },
}

const webhookDelivery: WebhookDeliveryResolvers<JobsContext, Delivery> = {
  body: ({ body }) => JSON.parse(body) as unknown,
}

const webhookWithSecret: WebhookWithSecretResolvers<JobsContext, WebhookWithSecret> = {
  async webhook({ webhookId }, _args, { parts, caller }) {
    const found = await findWebhook(parts.database.reader, signedIn(caller).workspaceIds, webhookId)
    if (!found) throw new DomainError('WEBHOOK_NOT_FOUND', 'no such webhook')
    return found
  },
}

/** The types of webhooks. */
export const webhookTypes = { Webhook: webhook, WebhookDelivery: webhookDelivery, WebhookWithSecret: webhookWithSecret }

async function deliveryOf({ parts, caller }: JobsContext, id: string): Promise<Delivery> {
  const found = await findDelivery(parts.database.reader, signedIn(caller).workspaceIds, id)
  if (!found) throw new DomainError('DELIVERY_NOT_FOUND', 'no such delivery')
  return found
}
