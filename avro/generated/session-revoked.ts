// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** The access tokens of a session are good no more. */
export interface SessionRevoked {
  readonly userId: string
  readonly sessionId: string
  readonly reason: RevocationReason
  readonly revokedAt: Date
}

export type RevocationReason = 'UNKNOWN' | 'LOGGED_OUT' | 'TOKEN_REUSED'
