import { DomainError, invariant } from '#platform/domain'
import { retryConflicts } from '#platform/event-store'
import { type Caller, signedIn } from '#platform/identity'
import { freshSecret, keepSecret, shownSecret } from '../credentials/webhook-secrets.ts'
import type { MissedKind } from '../domain/missed.ts'
import { type Webhook, type WebhookCommand, webhookStream } from '../domain/webhook.ts'
import { checkedKinds, checkedUrl, hostOf, wrongUrl } from '../domain/webhook-input.ts'
import type { JobsParts } from '../parts.ts'
import { moveDeliveries } from '../projections/webhook-deliveries.ts'
import { forgetHealth } from '../projections/webhook-health.ts'
import { countWebhooks } from '../projections/webhooks.ts'
import { withWebhook } from './change-webhook.ts'
import { recordWebhook } from './record-webhook.ts'

/** Where to tell of what. */
export interface SetWebhookInput {
  /** Of one that is there; a new one is made when left out. */
  readonly id?: string | null | undefined
  readonly url: string
  readonly kinds: readonly MissedKind[]
  readonly isEnabled?: boolean | null | undefined
}

/** A webhook, with its secret if it was made just now: it is never shown again. */
export interface WebhookWithSecret {
  readonly webhookId: string
  readonly secret: string | null
}

/** Webhooks of a workspace. */
export const WEBHOOKS_MAX = 10

/**
 * Makes a webhook, or changes one.
 *
 * @throws {DomainError} BAD_USER_INPUT, LIMIT_EXCEEDED, WEBHOOK_NOT_FOUND
 */
export async function setWebhook(
  parts: JobsParts,
  caller: Caller | null,
  input: SetWebhookInput,
  correlationId: string = parts.clock.newId(),
): Promise<WebhookWithSecret> {
  signedIn(caller, input.id == null ? 'create' : 'change')
  const wanted = {
    url: allowedUrl(parts, input.url),
    kinds: checkedKinds(input.kinds),
    isEnabled: input.isEnabled ?? true,
  }
  if (input.id == null) return makeWebhook(parts, caller, wanted, correlationId)
  const webhookId = input.id
  return withWebhook(parts, caller, { webhookId, correlationId }, async (unit, context, seen) => {
    const { workspaceId } = seen
    const command = { type: 'SetWebhook', webhookId, workspaceId, ...wanted, isNew: false, now: unit.now } as const
    await recordWebhook(unit, context, webhookId, command)
    if (wanted.isEnabled && !seen.isEnabled) await forgetHealth(unit, webhookId)
    if (hostOf(seen.url) !== hostOf(wanted.url)) await moveDeliveries(unit, webhookId, hostOf(wanted.url))
    return { webhookId, secret: null }
  })
}

type Wanted = Pick<Webhook, 'url' | 'kinds' | 'isEnabled'>

async function makeWebhook(
  { database, clock, webhooks }: JobsParts,
  caller: Caller | null,
  wanted: Wanted,
  correlationId: string,
): Promise<WebhookWithSecret> {
  const { userId: actor, workspaceIds } = signedIn(caller, 'create')
  const [workspaceId] = workspaceIds
  if (workspaceId === undefined) throw new DomainError('FORBIDDEN', 'you are in no workspace')
  const webhookId = clock.newId()
  const secret = freshSecret()
  const context = { workspaceId, actor, correlationId, causationId: correlationId }
  await retryConflicts(() =>
    database.unit([`webhooks-of:${workspaceId}`, webhookStream(webhookId)], async (unit) => {
      if ((await countWebhooks(unit, workspaceId)) >= WEBHOOKS_MAX) {
        const message = `a workspace has at most ${WEBHOOKS_MAX} webhooks`
        throw new DomainError('LIMIT_EXCEEDED', message, { limit: WEBHOOKS_MAX })
      }
      const made = { webhookId, workspaceId, ...wanted, isNew: true, now: unit.now }
      const command: WebhookCommand = { type: 'SetWebhook', ...made }
      const { state } = await recordWebhook(unit, context, webhookId, command)
      invariant(typeof state !== 'string', 'a webhook that was set is there')
      await keepSecret(unit, webhooks.keys, state, secret)
    }),
  )
  return { webhookId, secret: shownSecret(secret) }
}

/** An address that is written as a number is judged at once; a name, each time that it is called. */
function allowedUrl({ webhooks }: JobsParts, text: string): string {
  const url = checkedUrl(text)
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isNumber = /^[\d.]+$|:/.test(host)
  const portNumber = Number(port) || (protocol === 'https:' ? 443 : 80)
  if (isNumber && !webhooks.isAllowed(host, host, portNumber))
    throw wrongUrl('must not lead to an address that is not public')
  return url
}
