import type { JWTPayload } from 'jose'
import { ACCESS_TOKEN } from './token-format.ts'

/** Who sent a request, by a token that was checked. */
export interface Caller {
  readonly userId: string
  readonly username: string
  readonly sessionId: string
  /** The workspaces of which the user was a member when the token was issued. */
  readonly workspaceIds: readonly string[]
  /** When the token ends: what stays open for the caller closes then. */
  readonly expiresAt: Date
}

/** @returns the caller whom these claims name, or nothing when one is missing or malformed */
export function callerOf(claims: JWTPayload): Caller | undefined {
  const { sub, jti, sid, username, workspaces, client_id: clientId, iat, exp } = claims
  if (!isName(sub) || !isName(jti) || !isName(sid) || !isName(username)) return undefined
  if (clientId !== ACCESS_TOKEN.clientId) return undefined
  if (!Array.isArray(workspaces) || workspaces.length > ACCESS_TOKEN.workspacesMax) return undefined
  if (!workspaces.every(isName)) return undefined
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return undefined
  const [issuedAtSeconds, expiresAtSeconds] = [iat as number, exp as number]
  // A token that lives longer than any of ours outlives the memory of its revocation.
  if (expiresAtSeconds <= issuedAtSeconds) return undefined
  if ((expiresAtSeconds - issuedAtSeconds) * 1_000 > ACCESS_TOKEN.lifeMsMax) return undefined
  const expiresAt = new Date(expiresAtSeconds * 1_000)
  return { userId: sub, username, sessionId: sid, workspaceIds: workspaces, expiresAt }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0
}
