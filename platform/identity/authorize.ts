import { DomainError, type ErrorCode } from '#platform/domain'
import type { Caller } from './caller.ts'

/** What somebody wants to do with an object. */
export type Action = 'read' | 'create' | 'change' | 'run'

const MISSING: Partial<Record<ErrorCode, string>> = {
  CALENDAR_NOT_FOUND: 'no such calendar',
  JOB_NOT_FOUND: 'no such job',
  EXECUTION_NOT_FOUND: 'no such execution',
  WEBHOOK_NOT_FOUND: 'no such webhook',
  DELIVERY_NOT_FOUND: 'no such delivery',
  REPLAY_NOT_FOUND: 'no such replay',
}

/**
 * The one place that says who may do what: every member of a workspace may do all with what belongs to it.
 *
 * Somebody else's object is refused by exactly the words of a missing one, so that nobody learns what others have.
 *
 * @param object what was found by its id, or null
 * @param notFoundCode the refusal of both a missing object and another's
 * @returns the object, which the subject may use
 * @throws {DomainError} `UNAUTHENTICATED` without a subject, else `notFoundCode`
 */
export function authorize<T extends { readonly workspaceId: string }>(
  subject: Caller | null,
  action: Action,
  object: T | null | undefined,
  notFoundCode: ErrorCode,
): T {
  const caller = signedIn(subject, action)
  if (object && caller.workspaceIds.includes(object.workspaceId)) return object
  throw new DomainError(notFoundCode, MISSING[notFoundCode] ?? 'not found')
}

/** @throws {DomainError} `UNAUTHENTICATED` without a subject */
export function signedIn(subject: Caller | null, action: Action = 'read'): Caller {
  if (!subject) throw new DomainError('UNAUTHENTICATED', `log in to ${action} this`)
  return subject
}
