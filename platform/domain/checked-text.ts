import { DomainError } from './domain-error.ts'

const KEY_LENGTH_MAX = 100
// Nobody sees them, and a log or a terminal may do what they say.
const CONTROL_CHARACTERS = /\p{Cc}/u
const CONTROL_CHARACTERS_OF_NOTES = /(?![\t\n\r])\p{Cc}/u

/** How a text is to be. */
export interface TextRules {
  /** What it is called in errors, with its article. */
  readonly called: string
  readonly lengthMax: number
  /** Where it stands in the request, for errors. */
  readonly details: Readonly<Record<string, unknown>>
}

/** A short text of one line, as it was given. @throws {DomainError} BAD_USER_INPUT */
export function checkedLine(text: string, { called, lengthMax, details }: TextRules): string {
  if (text.length === 0 || text.length > lengthMax) {
    throw new DomainError('BAD_USER_INPUT', `${called} has from 1 to ${lengthMax} characters`, details)
  }
  if (CONTROL_CHARACTERS.test(text) || !text.isWellFormed()) {
    throw new DomainError('BAD_USER_INPUT', `${called} has no control characters, and no halves of characters`, details)
  }
  return text
}

/** What people note: lines and tabs, or nothing at all. As it was given. @throws {DomainError} BAD_USER_INPUT */
export function checkedNote(text: string, { called, lengthMax, details }: TextRules): string {
  if (text.length > lengthMax) {
    throw new DomainError('BAD_USER_INPUT', `${called} has at most ${lengthMax} characters`, details)
  }
  if (CONTROL_CHARACTERS_OF_NOTES.test(text) || !text.isWellFormed()) {
    const message = `${called} has no control characters but tabs and ends of lines, and no halves of characters`
    throw new DomainError('BAD_USER_INPUT', message, details)
  }
  return text
}

/**
 * A key under which a request may be sent again.
 *
 * @param called what it is called in errors, with its article
 * @throws {DomainError} BAD_USER_INPUT
 */
export function checkedIdempotencyKey(
  key: string,
  details: TextRules['details'],
  called = 'an idempotencyKey',
): string {
  // MySQL compares without the spaces at the end, so that two keys would be one.
  if (key !== key.trim()) throw new DomainError('BAD_USER_INPUT', `${called} has no spaces around it`, details)
  return checkedLine(key, { called, lengthMax: KEY_LENGTH_MAX, details })
}
