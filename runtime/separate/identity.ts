import { OutageError } from '#platform/database'
import {
  cachedKeySource,
  followRevocations,
  makeRevocations,
  makeTokenVerifier,
  type Revocations,
  type TokenVerifier,
} from '#platform/identity'
import { type Stack, startLoop } from '#platform/lifecycle'
import type { ServiceGround } from './ground.ts'

/** Who calls, as a process judges it by itself: keys from auth by HTTP, revocations by Kafka. */
export interface ProcessIdentity {
  readonly verifier: TokenVerifier
  readonly revocations: Revocations
}

const JWKS_PATH = '/.well-known/jwks.json'
const JWKS_MS_MAX = 2_000

/** Fetches the key set from the first auth instance that gives it. @throws {Error} when none does */
export async function fetchJwks(addresses: readonly string[]): Promise<{ readonly keys: never[] }> {
  const reasons: string[] = []
  for (const address of addresses) {
    try {
      const answer = await fetch(new URL(JWKS_PATH, address), { signal: AbortSignal.timeout(JWKS_MS_MAX) })
      if (answer.ok) return (await answer.json()) as { readonly keys: never[] }
      reasons.push(`${address} answered ${answer.status}`)
    } catch (error) {
      reasons.push(`${address}: ${(error as Error).message}`)
    }
  }
  throw new OutageError(reasons.join('; ') || 'no instance of auth is known')
}

/** Opens the judging of tokens. Resolves once the revocations of before are known: nothing is let in that was refused. */
export async function openIdentity(
  ground: ServiceGround,
  stack: Stack,
  authAddresses: () => readonly string[],
): Promise<ProcessIdentity> {
  const { clock, log, messaging, schemas, instanceId } = ground
  const revocations = makeRevocations(clock)
  const keys = cachedKeySource({ fetchKeys: () => fetchJwks(authAddresses()), clock })
  const verifier = makeTokenVerifier({ keys, clock, revocations })
  const followed = await followRevocations({ messaging, schemas, verifier, clock, log, instance: instanceId })
  stack.push('revocations', () => followed.stop())
  return { verifier, revocations }
}

const RETRY_MS = 2_000

/**
 * Follows revocations as soon as Kafka is there, and lets its caller go on meanwhile: for the gateway, behind which each
 * subgraph judges tokens once more.
 */
export function followPatiently(
  { clock, log, messaging, schemas, instanceId }: ServiceGround,
  verifier: TokenVerifier,
): { isFollowing(): boolean; stop(): Promise<void> } {
  let followed: { stop(): Promise<void> } | undefined
  let failures = 0
  const loop = startLoop({
    clock,
    pollMs: RETRY_MS,
    async runOnce() {
      if (followed) return false
      followed = await followRevocations({ messaging, schemas, verifier, clock, log, instance: instanceId })
      if (failures > 0) log.info('revocations.followed', { failures })
      return false
    },
    onError(error) {
      if (failures++ === 0) log.warn('revocations.not_followed', { err: error })
    },
  })
  return {
    isFollowing: () => followed !== undefined,
    async stop() {
      await loop.stop()
      await followed?.stop()
    },
  }
}
