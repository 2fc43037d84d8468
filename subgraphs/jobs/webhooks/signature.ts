import { createHmac } from 'node:crypto'
import type { Headers } from '#platform/outbound'

/** What is signed, and when. */
export interface SignedMessage {
  readonly id: string
  readonly at: Date
  readonly body: string
}

const MS_PER_S = 1_000

/**
 * The headers by which a receiver knows that a message is ours, recent, and which one it is: a signature for each secret
 * that is good now (Standard Webhooks 1.0, "Signature scheme").
 */
export function signedHeaders({ id, at, body }: SignedMessage, secrets: readonly Uint8Array[]): Headers {
  const timestamp = String(Math.floor(at.getTime() / MS_PER_S))
  const signed = `${id}.${timestamp}.${body}`
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
