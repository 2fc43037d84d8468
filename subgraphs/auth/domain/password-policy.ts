import { DomainError } from '#platform/domain'

/** No longer password is hashed or compared, so that nobody makes us hash a book. */
export const PASSWORD_CHARACTERS_MAX = 256

/** How long a password must be: NIST SP 800-63B asks for length, and against rules about kinds of characters. */
export function passwordCharactersMin(environment: 'development' | 'test' | 'production'): number {
  return environment === 'production' ? 12 : 5
}

/** Whether a password is no longer than any that was ever accepted. */
export function isOfAcceptedLength(password: string): boolean {
  return charactersOf(password) <= PASSWORD_CHARACTERS_MAX
}

/** @throws {DomainError} `WEAK_PASSWORD` */
export function checkPassword(password: string, charactersMin: number): void {
  const characters = charactersOf(password)
  if (characters >= charactersMin && characters <= PASSWORD_CHARACTERS_MAX) return
  const limits = `${charactersMin} to ${PASSWORD_CHARACTERS_MAX}`
  throw new DomainError('WEAK_PASSWORD', `a password has ${limits} characters`, {
    path: 'input.password',
    charactersMin,
    charactersMax: PASSWORD_CHARACTERS_MAX,
  })
}

/** Characters as people count them, nearly: an emoji of two UTF-16 units is one. */
function charactersOf(password: string): number {
  // A text of more than twice as many units is too long however its characters are counted.
  if (password.length > 2 * PASSWORD_CHARACTERS_MAX) return password.length
  return [...password].length
}
