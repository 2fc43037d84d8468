import { randomBytes } from 'node:crypto'
import type { Reader, Unit } from '#platform/database'
import type { Webhook } from '../domain/webhook.ts'
import { places } from '../projections/rows-by-id.ts'
import { type SealingKeys, seal, unseal } from './sealing.ts'

/** Bytes of a secret: the specification asks for 24 to 64. */
const SECRET_BYTES = 32
const PREFIX = 'whsec_'
/** For so long after a rotation the secret before signs, too. */
export const ROTATION_MS = 24 * 3_600_000

/** Whose secret it is, and which. */
export type SecretOwner = Pick<Webhook, 'id' | 'workspaceId' | 'secretGeneration'>

/** A secret that no key of this process opens: another was configured than the one that sealed it. */
export class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError'
}

/** A new secret. */
export function freshSecret(): Uint8Array {
  return randomBytes(SECRET_BYTES)
}

/** A secret as people see it, once (Standard Webhooks, "Symmetric keys"). */
export function shownSecret(secret: Uint8Array): string {
  return PREFIX + Buffer.from(secret).toString('base64')
}

/** Keeps the secret of a generation, sealed. The one before it signs for another day, and older ones go. */
export async function keepSecret(
  unit: Unit,
  [key]: SealingKeys,
  owner: SecretOwner,
  secret: Uint8Array,
): Promise<void> {
  const { id, secretGeneration } = owner
  const nowMs = unit.now.getTime()
  await unit.run('delete from webhook_secrets where webhook_id = ? and generation < ?', [id, secretGeneration - 1])
  await unit.run('update webhook_secrets set expires_at = ? where webhook_id = ? and generation < ?', [
    ...[nowMs + ROTATION_MS, id],
    secretGeneration,
  ])
  const columns = ['webhook_id', 'generation', 'key_id', 'sealed', 'created_at', 'expires_at']
  const row = [id, secretGeneration, key.id, seal(key, secret, aboutOf(owner, secretGeneration)), nowMs, null]
  await unit.insertMany('webhook_secrets', columns, [row])
}

/** Forgets the secrets of a webhook. */
export async function forgetSecrets(unit: Unit, webhookId: string): Promise<void> {
  await unit.run('delete from webhook_secrets where webhook_id = ?', [webhookId])
}

/** Secrets as they lie there. */
export interface SealedSecret {
  readonly webhook_id: string
  readonly generation: number
  readonly key_id: string
  readonly sealed: Uint8Array
}

/** What signs for webhooks at an instant, the newest first: two for a day after a rotation. */
export async function sealedSecrets(
  reader: Reader,
  webhookIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, readonly SealedSecret[]>> {
  if (webhookIds.length === 0) return new Map()
  const sql = `select webhook_id, generation, key_id, sealed from webhook_secrets
    where webhook_id in (${places(webhookIds)}) and (expires_at is null or expires_at > ?) order by generation desc`
  const rows = await reader.all<SealedSecret>(sql, [...webhookIds, now.getTime()])
  return Map.groupBy(rows, (row) => row.webhook_id)
}

/** @throws {SecretUnreadableError} */
export function openSecret(
  keys: SealingKeys,
  owner: Pick<SecretOwner, 'id' | 'workspaceId'>,
  { generation, key_id, sealed }: SealedSecret,
): Uint8Array {
  const key = keys.find(({ id }) => id === key_id)
  if (!key) throw new SecretUnreadableError(`no key named ${key_id} is configured`)
  try {
    return unseal(key, sealed, aboutOf(owner, generation))
  } catch (cause) {
    throw new SecretUnreadableError('a sealed secret was changed', { cause })
  }
}

// So that a sealed secret is of no use in another row.
function aboutOf({ id, workspaceId }: Pick<SecretOwner, 'id' | 'workspaceId'>, generation: number): string {
  return `webhook/${workspaceId}/${id}/${generation}`
}
