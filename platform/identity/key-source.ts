import { type CryptoKey, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import type { Clock } from '#platform/clock'
import { ACCESS_TOKEN } from './token-format.ts'

/** Public keys by their id, wherever they come from. */
export interface KeySource {
  /** @returns the key, or nothing when the issuer publishes none of this id */
  keyFor(kid: string): Promise<CryptoKey | undefined>
  /** Calls back when a key came or went. @returns how to stop it */
  onChanged(listener: () => void): () => void
}

/** A key source that can be told to look again. */
export interface CachedKeySource extends KeySource {
  refresh(): Promise<void>
}

/** Where keys come from, and how often to ask. */
export interface KeySourceOptions {
  /** Gives the issuer's key set: from memory, or by HTTP. */
  readonly fetchKeys: () => Promise<JSONWebKeySet>
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** After so long the set is asked for again. A new key must be published for longer before it signs. */
  readonly maxAgeMs?: number
  /** Unknown ids lead to one question in so long, however many come: anybody can make them up. */
  readonly coolDownMs?: number
}

const MAX_AGE_MS = 5 * 60_000
const COOL_DOWN_MS = 30_000
const KEYS_MAX = 32

/** The issuer's key set, kept for a while. When it cannot be had again, the last one stays. */
export function cachedKeySource(options: KeySourceOptions): CachedKeySource {
  const { fetchKeys, clock, maxAgeMs = MAX_AGE_MS, coolDownMs = COOL_DOWN_MS } = options
  const listeners = new Set<() => void>()
  let keys: ReadonlyMap<string, CryptoKey> | undefined
  let askedAtMs = Number.NEGATIVE_INFINITY
  let inFlight: Promise<void> | undefined

  function refresh(): Promise<void> {
    inFlight ??= load().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  async function load(): Promise<void> {
    askedAtMs = clock.monotonicMs()
    const before = keys
    keys = await importedKeys(await fetchKeys())
    if (before && !isSameSet(before, keys)) for (const listener of listeners) listener()
  }

  return {
    refresh,
    async keyFor(kid) {
      const ageMs = clock.monotonicMs() - askedAtMs
      const known = keys?.get(kid)
      if (known) {
        // Nobody waits for a look that only learns of keys which went.
        if (ageMs >= maxAgeMs) refresh().catch(() => undefined)
        return known
      }
      if (!keys) await refresh()
      else if (inFlight || ageMs >= coolDownMs) await refresh().catch(() => undefined)
      return keys?.get(kid)
    },
    onChanged(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

async function importedKeys(set: JSONWebKeySet): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>()
  for (const jwk of set.keys.slice(0, KEYS_MAX)) {
    if (!isOurKind(jwk)) continue
    const { kid, kty, crv, x } = jwk
    keys.set(kid, (await importJWK({ kty, crv, x }, ACCESS_TOKEN.algorithm)) as CryptoKey)
  }
  return keys
}

function isOurKind(jwk: JWK): jwk is JWK & { kty: 'OKP'; crv: string; kid: string; x: string } {
  return jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && typeof jwk.kid === 'string' && typeof jwk.x === 'string'
}

function isSameSet(before: ReadonlyMap<string, CryptoKey>, after: ReadonlyMap<string, CryptoKey>): boolean {
  return before.size === after.size && [...before.keys()].every((kid) => after.has(kid))
}
