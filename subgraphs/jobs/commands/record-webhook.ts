import type { Unit } from '#platform/database'
import { append, load, type NewEvents } from '#platform/event-store'
import { type WebhookCommand, type WebhookState, webhook, webhookStream } from '../domain/webhook.ts'
import type { WebhookEvent } from '../domain/webhook-event.ts'
import { saveWebhook } from '../projections/webhooks.ts'

/** What is true of all events of one command. */
export type EventContext = Pick<NewEvents, 'workspaceId' | 'actor' | 'correlationId' | 'causationId'>

/** What a command made of a webhook. */
export interface RecordedWebhook {
  readonly state: WebhookState
  readonly events: readonly WebhookEvent[]
}

/**
 * Decides, appends and projects, in the caller's unit.
 *
 * @throws {DomainError} what the webhook refuses
 * @throws {VersionConflictError} when another writer was first: the unit is to be run again
 */
export async function recordWebhook(
  unit: Unit,
  context: EventContext,
  webhookId: string,
  command: WebhookCommand,
): Promise<RecordedWebhook> {
  const { head, events: past } = await load<WebhookEvent>(unit, webhookStream(webhookId))
  const before = past.reduce((reached, { event }) => webhook.evolve(reached, event), webhook.initial)
  const events = webhook.decide(command, before)
  if (events.length === 0) return { state: before, events }
  await append(unit, [{ ...context, head, events }])
  const state = events.reduce((reached, event) => webhook.evolve(reached, event), before)
  await saveWebhook(unit, webhookId, state)
  return { state, events }
}
