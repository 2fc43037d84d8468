import { type CryptoKey, errors, type JWTHeaderParameters, jwtVerify } from 'jose'
import type { Clock } from '#platform/clock'
import { DomainError } from '#platform/domain'
import { type Caller, callerOf } from './caller.ts'
import type { KeySource } from './key-source.ts'
import type { Revocations } from './revocations.ts'
import { ACCESS_TOKEN } from './token-format.ts'
import { tokenMemory } from './token-memory.ts'

/** Checks access tokens. */
export interface TokenVerifier {
  /** @throws {DomainError} `UNAUTHENTICATED` for a token that is malformed, forged, expired or revoked */
  verify(token: string): Promise<Caller>
  /** Calls back when a session's tokens end before their time. @returns how to stop it */
  onRevoked(listener: (sessionId: string) => void): () => void
  /** @param until the latest `exp` that a token of this session can carry */
  revoke(sessionId: string, until: Date): void
}

/** What a verifier stands on. */
export interface TokenVerifierOptions {
  readonly keys: KeySource
  readonly clock: Pick<Clock, 'now'>
  readonly revocations: Revocations
}

// Three segments of base64url and nothing else: jose lets white space inside a segment pass (Wycheproof 360, 365, 368).
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
const HEADER_MEMBERS = 'alg,kid,typ'

/**
 * Verifies EdDSA tokens of our own issuer, strictly: a token has one spelling only. One that was verified is remembered
 * by its exact text, so that the next request with it costs a look-up (an EdDSA verification takes about 100 µs); its
 * expiry and revocation are looked at every time.
 */
export function makeTokenVerifier({ keys, clock, revocations }: TokenVerifierOptions): TokenVerifier {
  const memory = tokenMemory()
  keys.onChanged(() => memory.clear())

  async function checked(token: string): Promise<Caller> {
    if (!isCanonical(token)) throw refused()
    const generation = memory.generation()
    const caller = await callerBySignature(token, keys, clock.now()).catch(asRefusal)
    if (!caller) throw refused()
    // The key set may have changed while the signature was checked: then the token proves nothing for next time.
    if (memory.generation() === generation) memory.remember(token, caller)
    return caller
  }

  return {
    async verify(token) {
      const caller = memory.recall(token) ?? (await checked(token))
      const expiresAtMs = caller.expiresAt.getTime()
      if (expiresAtMs + ACCESS_TOKEN.skewMs <= clock.now().getTime()) throw refused('the access token has expired')
      if (revocations.isRevoked(caller.sessionId, expiresAtMs)) throw refused('the session has ended')
      return caller
    },
    onRevoked: (listener) => revocations.onRevoked(listener),
    revoke: (sessionId, until) => revocations.revoke(sessionId, until),
  }
}

/** Whether every segment is the one spelling of its bytes; jose ignores trailing bits (Wycheproof 375). */
function isCanonical(token: string): boolean {
  if (token.length > ACCESS_TOKEN.bytesMax || !COMPACT.test(token)) return false
  return token.split('.').every((segment) => Buffer.from(segment, 'base64url').toString('base64url') === segment)
}

async function callerBySignature(token: string, keys: KeySource, now: Date): Promise<Caller | undefined> {
  const { payload } = await jwtVerify(token, (header) => keyOf(header, keys), {
    algorithms: [ACCESS_TOKEN.algorithm],
    typ: ACCESS_TOKEN.type,
    issuer: ACCESS_TOKEN.issuer,
    audience: ACCESS_TOKEN.audience,
    requiredClaims: ['exp', 'iat', 'jti', 'sub'],
    // Besides limiting the age this is what makes jose refuse an `iat` in the future.
    maxTokenAge: ACCESS_TOKEN.lifeMsMax / 1_000,
    clockTolerance: ACCESS_TOKEN.skewMs / 1_000,
    currentDate: now,
  })
  // An array of audiences would pass jose if one is ours; we issue one.
  return payload.aud === ACCESS_TOKEN.audience ? callerOf(payload) : undefined
}

/** The key that the header names, from our source alone: `jku`, `jwk` and all else a header could bring is refused. */
async function keyOf(header: JWTHeaderParameters, keys: KeySource): Promise<CryptoKey> {
  const members = Object.keys(header).sort().join(',')
  if (members !== HEADER_MEMBERS || header.typ !== ACCESS_TOKEN.type || !header.kid) throw refused()
  const key = await keys.keyFor(header.kid)
  if (!key) throw refused()
  return key
}

/** What a token is to blame for is refused; that the keys cannot be had is an outage, and thrown on. */
function asRefusal(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw refused('the access token has expired')
  if (error instanceof errors.JOSEError) throw refused()
  throw error
}

function refused(message = 'the access token is not valid'): DomainError {
  return new DomainError('UNAUTHENTICATED', message)
}
