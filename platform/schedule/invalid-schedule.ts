import { DomainError } from '#platform/domain'

/**
 * The refusal of a schedule's text.
 *
 * @param position index of the first wrong character in the text, from 0
 * @param suggestion the whole text as it was probably meant
 */
export function invalidSchedule(message: string, position: number, suggestion?: string): DomainError {
  return new DomainError(
    'INVALID_SCHEDULE',
    message,
    suggestion === undefined ? { position } : { position, suggestion },
  )
}
