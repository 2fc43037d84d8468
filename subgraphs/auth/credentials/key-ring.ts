import { type CryptoKey, importJWK, type JSONWebKeySet } from 'jose'
import type { Database } from '#platform/database'
import { invariant } from '#platform/domain'
import { ACCESS_TOKEN } from '#platform/identity'
import { type KeyLives, planKeys } from '../domain/key-plan.ts'
import { readKeys, type StoredKey } from './signing-key-rows.ts'

/** A key that is ready to sign. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

/** The keys of this system in memory, so that no token waits for the database. */
export interface KeyRing {
  readonly lives: KeyLives
  /** The key that signs at an instant. */
  signingKey(now: Date): SigningKey
  /** The public keys, those included that will sign soon or did lately. */
  jwks(): JSONWebKeySet
  /** Reads the keys again: they may have been rotated here or by another process. */
  reload(): Promise<void>
}

interface LoadedKey extends StoredKey {
  readonly privateKey: CryptoKey
}

/** Makes a ring that is empty until `reload`. */
export function makeKeyRing(database: Database, lives: KeyLives): KeyRing {
  let loaded = new Map<string, LoadedKey>()
  let published: JSONWebKeySet = { keys: [] }

  return {
    lives,
    signingKey(now) {
      const { signing } = planKeys([...loaded.values()], now, lives)
      invariant(signing, 'a key ring is loaded before it signs')
      return { kid: signing.kid, privateKey: signing.privateKey }
    },
    jwks: () => published,
    async reload() {
      const stored = await readKeys(database.reader)
      const keys = await Promise.all(stored.map(async (key) => loaded.get(key.kid) ?? imported(key)))
      loaded = new Map(keys.map((key) => [key.kid, key]))
      const plan = planKeys(keys, await database.now(), lives)
      published = { keys: plan.published.map((key) => key.publicJwk) }
    },
  }
}

async function imported(key: StoredKey): Promise<LoadedKey> {
  const privateKey = await importJWK(key.privateJwk, ACCESS_TOKEN.algorithm, { extractable: false })
  return { ...key, privateKey: privateKey as CryptoKey }
}
