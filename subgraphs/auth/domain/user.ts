import { type Decider, DomainError } from '#platform/domain'

/** What Argon2id spends on a hash. */
export interface HashParameters {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

/** What is asked of a user's stream. */
export type UserCommand =
  | {
      readonly type: 'SignUp'
      readonly userId: string
      readonly username: string
      readonly workspaceId: string
    }
  | { readonly type: 'RehashPassword'; readonly userId: string; readonly parameters: HashParameters }

/** What happened to a user. Neither a password nor its hash is ever among the fields. */
export type UserEvent =
  | {
      readonly type: 'UserSignedUp'
      readonly userId: string
      readonly username: string
      /** The workspace of the user's own, which is made with them. */
      readonly workspaceId: string
      readonly workspaceName: string
    }
  | {
      readonly type: 'PasswordRehashed'
      readonly userId: string
      readonly memoryKib: number
      readonly passes: number
      readonly lanes: number
    }

/** What the rules need to know of a user. */
export type UserState = 'absent' | { readonly hashed: HashParameters | 'at sign-up' }

/** A user, who signs up once. That a name is unique is the `users` table's to keep: it spans streams. */
export const user: Decider<UserCommand, UserEvent, UserState> = {
  initial: 'absent',

  decide(command, state) {
    switch (command.type) {
      case 'SignUp': {
        if (state !== 'absent') throw new DomainError('USERNAME_TAKEN', 'this username is taken')
        const { userId, username, workspaceId } = command
        return [{ type: 'UserSignedUp', userId, username, workspaceId, workspaceName: username }]
      }
      case 'RehashPassword': {
        if (state === 'absent') throw new DomainError('INVALID_CREDENTIALS', 'wrong username or password')
        const { userId, parameters } = command
        const { memoryKib, passes, lanes } = parameters
        // Two log-ins at once both find the old hash.
        if (state.hashed !== 'at sign-up' && isSame(state.hashed, parameters)) return []
        return [{ type: 'PasswordRehashed', userId, memoryKib, passes, lanes }]
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'UserSignedUp':
        return { hashed: 'at sign-up' }
      case 'PasswordRehashed':
        return { hashed: { memoryKib: event.memoryKib, passes: event.passes, lanes: event.lanes } }
      default:
        return state
    }
  },
}

function isSame(one: HashParameters, other: HashParameters): boolean {
  return one.memoryKib === other.memoryKib && one.passes === other.passes && one.lanes === other.lanes
}
