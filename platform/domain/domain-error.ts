/** Codes that callers may rely on: they are never reused and never change their meaning. */
export type ErrorCode =
  | 'ARTEFACT_NOT_FOUND'
  | 'BACKFILL_NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'DEAD_LETTER_DECIDED'
  | 'DEAD_LETTER_NOT_FOUND'
  | 'DELIVERY_NOT_FOUND'
  | 'CALENDAR_IN_USE'
  | 'CALENDAR_NOT_FOUND'
  | 'CHAIN_CYCLE'
  | 'FORBIDDEN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_CREDENTIALS'
  | 'INVALID_PARAMS'
  | 'INVALID_REFRESH_TOKEN'
  | 'INVALID_SCHEDULE'
  | 'INVALID_TIME_ZONE'
  | 'JOB_ARCHIVED'
  | 'JOB_NOT_FOUND'
  | 'EXECUTION_NOT_FOUND'
  | 'EXECUTION_NOT_HELD'
  | 'KAFKA_NOT_CONFIGURED'
  | 'EXECUTION_OPEN'
  | 'LIMIT_EXCEEDED'
  | 'NOT_READY'
  | 'OVERLOADED'
  | 'RATE_LIMITED'
  | 'SQL_NOT_CONFIGURED'
  | 'REPLAY_NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'UNKNOWN_CALENDAR'
  | 'UNKNOWN_JOB_TYPE'
  | 'USERNAME_TAKEN'
  | 'VERSION_CONFLICT'
  | 'WEAK_PASSWORD'
  | 'WEBHOOK_DISABLED'
  | 'WEBHOOK_NOT_FOUND'

/** A refusal that the caller caused and can act on. Anything else that is thrown is a bug or an outage. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ErrorCode
  /** Facts for the caller beside the message, such as the path of a wrong field. Plain JSON, no secrets. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** Whether this is a refusal, and not a bug or an outage. */
export function isDomainError(error: unknown): error is DomainError {
  return error instanceof DomainError
}
