import { DomainError } from '#platform/domain'

/** A name to log in with. Two names with one key are one name. */
export interface Username {
  /** As the user wrote it. */
  readonly name: string
  /** Its case folded. */
  readonly key: string
}

// ASCII only: letters of other scripts that look alike would be other users.
const USERNAME = /^[A-Za-z0-9._-]{3,64}$/

/** @returns nothing for what cannot be a user's name */
export function readUsername(text: string): Username | undefined {
  return USERNAME.test(text) ? { name: text, key: usernameKey(text) } : undefined
}

/** What two names must not share. */
export function usernameKey(name: string): string {
  return name.toLowerCase()
}

/** @throws {DomainError} `BAD_USER_INPUT` for what cannot be a user's name */
export function parseUsername(text: string): Username {
  const username = readUsername(text)
  if (username) return username
  throw new DomainError('BAD_USER_INPUT', 'a username has 3 to 64 letters (a–z), digits, dots, dashes or underscores', {
    path: 'input.username',
  })
}
