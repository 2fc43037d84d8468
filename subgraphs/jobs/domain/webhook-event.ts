import type { MissedKind } from './missed.ts'

/** Why a webhook tells nothing: somebody wanted it so, its receiver said 410 Gone, or it failed for too long. */
export type DisabledReason = 'ASKED' | 'GONE' | 'FAILING'

/** What happened to a webhook, as plain JSON. Its secret is never among the fields. */
export type WebhookEvent =
  | {
      readonly type: 'WebhookSet'
      readonly webhookId: string
      readonly workspaceId: string
      readonly url: string
      readonly kinds: readonly MissedKind[]
      readonly isEnabled: boolean
      readonly setAtMs: number
    }
  | {
      readonly type: 'WebhookSecretRotated'
      readonly webhookId: string
      /** Which secret signs from then on, counted from 1. */
      readonly generation: number
      readonly rotatedAtMs: number
    }
  | {
      readonly type: 'WebhookDisabled'
      readonly webhookId: string
      readonly reason: 'GONE' | 'FAILING'
      readonly disabledAtMs: number
    }
  | { readonly type: 'WebhookDeleted'; readonly webhookId: string; readonly deletedAtMs: number }
