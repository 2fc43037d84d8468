import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Reader, Unit } from '#platform/database'
import { ACCESS_TOKEN } from '#platform/identity'
import type { PlannedKey } from '../domain/key-plan.ts'

/** A signing key as it is kept. */
export interface StoredKey extends PlannedKey {
  readonly publicJwk: JWK
  readonly privateJwk: JWK
}

const KEYS_MAX = 32

/** Makes an Ed25519 key pair that signs from `activatesAt`. */
export async function generateKey(kid: string, activatesAt: Date): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(ACCESS_TOKEN.algorithm, { extractable: true })
  const { kty, crv, x, d } = await exportJWK(privateKey)
  const publicJwk = { kty, crv, x, kid, alg: ACCESS_TOKEN.algorithm, use: 'sig' } as JWK
  return { kid, activatesAt, publicJwk, privateJwk: { kty, crv, x, d } as JWK }
}

/** All keys that are kept: few, since retired ones are removed. */
export async function readKeys(reader: Reader): Promise<readonly StoredKey[]> {
  const rows = await reader.all<{ kid: string; activates_at: number; public_jwk: string; private_jwk: string }>(
    `select kid, activates_at, public_jwk, private_jwk from signing_keys order by activates_at desc limit ${KEYS_MAX}`,
  )
  return rows.map((row) => ({
    kid: row.kid,
    activatesAt: new Date(row.activates_at),
    publicJwk: JSON.parse(row.public_jwk) as JWK,
    privateJwk: JSON.parse(row.private_jwk) as JWK,
  }))
}

/** Keeps a new key. */
export async function insertKey(unit: Unit, { kid, activatesAt, publicJwk, privateJwk }: StoredKey): Promise<void> {
  const row = [kid, activatesAt.getTime(), JSON.stringify(publicJwk), JSON.stringify(privateJwk)]
  await unit.insertMany('signing_keys', ['kid', 'activates_at', 'public_jwk', 'private_jwk'], [row])
}

/** Forgets keys for good. */
export async function deleteKeys(unit: Unit, keys: readonly PlannedKey[]): Promise<void> {
  for (const { kid } of keys) await unit.run('delete from signing_keys where kid = ?', [kid])
}
