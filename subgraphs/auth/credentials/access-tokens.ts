import { SignJWT } from 'jose'
import { ACCESS_TOKEN } from '#platform/identity'
import type { SigningKey } from './key-ring.ts'

/** Whom an access token is for. */
export interface AccessGrant {
  readonly tokenId: string
  readonly userId: string
  readonly username: string
  readonly sessionId: string
  readonly workspaceIds: readonly string[]
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** Signs an access token, as `#platform/identity` checks it. Its times are whole seconds. */
export async function signAccessToken(grant: AccessGrant, { kid, privateKey }: SigningKey): Promise<string> {
  const claims = {
    client_id: ACCESS_TOKEN.clientId,
    sid: grant.sessionId,
    username: grant.username,
    workspaces: [...grant.workspaceIds],
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.type, kid })
    .setIssuer(ACCESS_TOKEN.issuer)
    .setAudience(ACCESS_TOKEN.audience)
    .setSubject(grant.userId)
    .setJti(grant.tokenId)
    .setIssuedAt(secondsOf(grant.issuedAt))
    .setExpirationTime(secondsOf(grant.expiresAt))
    .sign(privateKey)
}

function secondsOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1_000)
}
