import { type Decider, DomainError } from '#platform/domain'
import type { MissedKind } from './missed.ts'
import type { DisabledReason, WebhookEvent } from './webhook-event.ts'

/** Where a workspace wants to be told of what was missed. */
export interface Webhook {
  readonly id: string
  readonly workspaceId: string
  readonly url: string
  readonly kinds: readonly MissedKind[]
  readonly isEnabled: boolean
  readonly disabledReason: DisabledReason | null
  readonly disabledAt: Date | null
  /** Which secret signs, counted from 1. */
  readonly secretGeneration: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly version: number
}

/** What is asked of a webhook's stream. */
export type WebhookCommand =
  | {
      readonly type: 'SetWebhook'
      readonly webhookId: string
      readonly workspaceId: string
      readonly url: string
      readonly kinds: readonly MissedKind[]
      readonly isEnabled: boolean
      /** Whether it is made by this: what was deleted does not come back. */
      readonly isNew: boolean
      readonly now: Date
    }
  | { readonly type: 'RotateWebhookSecret'; readonly now: Date }
  | { readonly type: 'DisableWebhook'; readonly reason: 'GONE' | 'FAILING'; readonly now: Date }
  | { readonly type: 'DeleteWebhook'; readonly now: Date }

/** A webhook, or that there was none, or is none any more. */
export type WebhookState = Webhook | 'absent' | 'deleted'

/** The stream of a webhook. */
export function webhookStream(webhookId: string): string {
  return `webhook-${webhookId}`
}

/** A webhook. How many a workspace may have is kept where they are counted. */
export const webhook: Decider<WebhookCommand, WebhookEvent, WebhookState> = {
  initial: 'absent',

  decide(command, state) {
    if (command.type === 'SetWebhook') return set(command, state)
    if (typeof state === 'string') throw notFound()
    const webhookId = state.id
    switch (command.type) {
      case 'RotateWebhookSecret': {
        const generation = state.secretGeneration + 1
        return [{ type: 'WebhookSecretRotated', webhookId, generation, rotatedAtMs: command.now.getTime() }]
      }
      case 'DisableWebhook': {
        const { reason } = command
        if (!state.isEnabled) return []
        return [{ type: 'WebhookDisabled', webhookId, reason, disabledAtMs: command.now.getTime() }]
      }
      case 'DeleteWebhook':
        return [{ type: 'WebhookDeleted', webhookId, deletedAtMs: command.now.getTime() }]
    }
  },

  evolve(state, event) {
    if (event.type === 'WebhookSet') return afterSet(state, event)
    if (typeof state === 'string') return state
    switch (event.type) {
      case 'WebhookSecretRotated': {
        const updatedAt = new Date(event.rotatedAtMs)
        return { ...state, secretGeneration: event.generation, updatedAt, version: state.version + 1 }
      }
      case 'WebhookDisabled': {
        const at = new Date(event.disabledAtMs)
        const disabled = { isEnabled: false, disabledReason: event.reason, disabledAt: at }
        return { ...state, ...disabled, updatedAt: at, version: state.version + 1 }
      }
      case 'WebhookDeleted':
        return 'deleted'
      default:
        return state
    }
  },
}

function set(command: Extract<WebhookCommand, { type: 'SetWebhook' }>, state: WebhookState): readonly WebhookEvent[] {
  const { webhookId, workspaceId, url, kinds, isEnabled, isNew, now } = command
  if (typeof state === 'string' ? !isNew || state === 'deleted' : state.workspaceId !== workspaceId) throw notFound()
  const isSame =
    typeof state !== 'string' &&
    state.url === url &&
    state.isEnabled === isEnabled &&
    state.kinds.join() === kinds.join()
  if (isSame) return []
  return [{ type: 'WebhookSet', webhookId, workspaceId, url, kinds, isEnabled, setAtMs: now.getTime() }]
}

function afterSet(before: WebhookState, event: Extract<WebhookEvent, { type: 'WebhookSet' }>): Webhook {
  const { webhookId: id, workspaceId, url, kinds, isEnabled } = event
  const at = new Date(event.setAtMs)
  const known = typeof before === 'string' ? undefined : before
  return {
    ...{ id, workspaceId, url, kinds, isEnabled },
    ...(isEnabled ? { disabledReason: null, disabledAt: null } : disabledAfter(known, at)),
    secretGeneration: known?.secretGeneration ?? 1,
    createdAt: known?.createdAt ?? at,
    updatedAt: at,
    version: (known?.version ?? 0) + 1,
  }
}

/** Whoever sets a disabled webhook again without enabling it leaves why it was disabled. */
function disabledAfter(known: Webhook | undefined, at: Date): Pick<Webhook, 'disabledReason' | 'disabledAt'> {
  if (known === undefined || known.isEnabled) return { disabledReason: 'ASKED', disabledAt: at }
  return { disabledReason: known.disabledReason, disabledAt: known.disabledAt }
}

function notFound(): DomainError {
  return new DomainError('WEBHOOK_NOT_FOUND', 'no such webhook')
}
