/**
 * What an access token of Carillon is, for those who sign and those who check: a JWT by RFC 9068.
 *
 * `lifeMsMax` also says how long a revocation and a retired key must be remembered.
 */
export const ACCESS_TOKEN = {
  type: 'at+jwt',
  algorithm: 'EdDSA',
  issuer: 'carillon',
  audience: 'carillon-api',
  /** RFC 9068 §2.2 demands the claim; there is one client, ours. */
  clientId: 'carillon',
  lifeMsMax: 15 * 60_000,
  /** How far the clocks of two machines may lie apart: a token is good for so long before its `iat` and after its `exp`. */
  skewMs: 10_000,
  bytesMax: 8_192,
  workspacesMax: 100,
} as const
