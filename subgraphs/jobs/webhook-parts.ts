import type { Database } from '#platform/database'
import { type AddressGuard, addressGuard, type HttpPolicy, type Lookup } from '#platform/outbound'
import type { SealingKeys } from './credentials/sealing.ts'
import { openSealingKeys } from './credentials/sealing-keys.ts'

/** How webhooks are reached, and what keeps their secrets. */
export interface WebhookPorts {
  readonly httpPolicy: HttpPolicy
  /** Keys of 32 bytes: the first seals secrets, each opens what it sealed. Without any, one in the database does. */
  readonly sealingKeys: readonly Uint8Array[]
  /** The machine's own resolver when left out. */
  readonly lookup?: Lookup
}

/** What commands and deliveries of webhooks work with. */
export interface WebhookParts {
  readonly keys: SealingKeys
  readonly httpPolicy: HttpPolicy
  readonly isAllowed: AddressGuard
  readonly lookup: Lookup | undefined
}

const DEFAULTS: WebhookPorts = { httpPolicy: { allowPrivate: false }, sealingKeys: [] }

/** Makes the parts, and the key in the database if there is no other. */
export async function openWebhookParts(database: Database, ports: WebhookPorts = DEFAULTS): Promise<WebhookParts> {
  const { httpPolicy, sealingKeys, lookup } = ports
  const keys = await openSealingKeys(database, sealingKeys)
  return { keys, httpPolicy, isAllowed: addressGuard(httpPolicy), lookup }
}
