/** Codes that callers may rely on: they are never reused and never change their meaning. */
export type ErrorCode =
  | 'ARTEFACT_NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'FORBIDDEN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_CREDENTIALS'
  | 'INVALID_PARAMS'
  | 'INVALID_REFRESH_TOKEN'
  | 'INVALID_SCHEDULE'
  | 'JOB_ARCHIVED'
  | 'JOB_NOT_FOUND'
  | 'EXECUTION_NOT_FOUND'
  | 'LIMIT_EXCEEDED'
  | 'NOT_READY'
  | 'OVERLOADED'
  | 'RATE_LIMITED'
  | 'UNAUTHENTICATED'
  | 'UNKNOWN_JOB_TYPE'
  | 'USERNAME_TAKEN'
  | 'VERSION_CONFLICT'
  | 'WEAK_PASSWORD'

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
