import { expect, test } from 'vitest'
import { scenario } from '#platform/testing'
import { type WebhookCommand, webhook } from './webhook.ts'
import type { WebhookEvent } from './webhook-event.ts'

const { given } = scenario(webhook)
const now = new Date('2026-12-01T09:00:00Z')
const webhookId = 'h'
const fields = { webhookId, workspaceId: 'w', url: 'https://a.example/', kinds: ['LATE'] as const, isEnabled: true }

const make: WebhookCommand = { type: 'SetWebhook', ...fields, isNew: true, now }
const change: WebhookCommand = { ...make, isNew: false, url: 'https://b.example/' }
const disable: WebhookCommand = { ...make, isNew: false, isEnabled: false }
const rotate: WebhookCommand = { type: 'RotateWebhookSecret', now }
const gone: WebhookCommand = { type: 'DisableWebhook', reason: 'GONE', now }
const end: WebhookCommand = { type: 'DeleteWebhook', now }

const made: WebhookEvent = { type: 'WebhookSet', ...fields, setAtMs: now.getTime() }
const disabled: WebhookEvent = { ...made, isEnabled: false }
const rotated: WebhookEvent = { type: 'WebhookSecretRotated', webhookId, generation: 2, rotatedAtMs: now.getTime() }
const wentAway: WebhookEvent = { type: 'WebhookDisabled', webhookId, reason: 'GONE', disabledAtMs: now.getTime() }
const ended: WebhookEvent = { type: 'WebhookDeleted', webhookId, deletedAtMs: now.getTime() }

test('a webhook is made once, changed, and not set again as it is', () => {
  given().when(make).yields(made)
  given(made)
    .when(change)
    .yields({ ...made, url: 'https://b.example/' })
  given(made)
    .when({ ...make, isNew: false })
    .yields()
  given().when(change).isRefused('WEBHOOK_NOT_FOUND')
})

test('a webhook that was deleted does not come back, and nothing more is done with it', () => {
  given(made).when(end).yields(ended)
  for (const command of [make, change, rotate, gone, end])
    given(made, ended).when(command).isRefused('WEBHOOK_NOT_FOUND')
  for (const command of [rotate, gone, end]) given().when(command).isRefused('WEBHOOK_NOT_FOUND')
})

test("another workspace's webhook is not changed", () => {
  given(made)
    .when({ ...change, workspaceId: 'other' })
    .isRefused('WEBHOOK_NOT_FOUND')
})

test('secrets are numbered', () => {
  given(made).when(rotate).yields(rotated)
  given(made, rotated)
    .when(rotate)
    .yields({ ...rotated, generation: 3 })
})

test('a webhook is disabled once, whoever was first', () => {
  given(made).when(gone).yields(wentAway)
  given(made, wentAway).when(gone).yields()
  given(disabled).when(gone).yields()
})

test('why it is disabled stays until it is enabled', () => {
  const after = (...events: WebhookEvent[]) =>
    events.reduce((reached, event) => webhook.evolve(reached, event), webhook.initial)
  expect(after(disabled)).toMatchObject({ isEnabled: false, disabledReason: 'ASKED', disabledAt: now })
  expect(after(made, wentAway, disabled)).toMatchObject({ isEnabled: false, disabledReason: 'GONE', version: 3 })
  expect(after(made, wentAway, made)).toMatchObject({ isEnabled: true, disabledReason: null, disabledAt: null })
  given(made, wentAway).when(disable).yields()
})
