import { DomainError } from '#platform/domain'
import { dateTimeScalar } from '#platform/graphql'
import { logIn } from '../commands/log-in.ts'
import { logOut } from '../commands/log-out.ts'
import { refreshSession } from '../commands/refresh-session.ts'
import { signUp } from '../commands/sign-up.ts'
import type { Resolvers } from './schema.generated.ts'

/** The resolvers of schemas/auth.graphql: they translate, and decide nothing. */
export const authResolvers: Resolvers = {
  DateTime: dateTimeScalar,

  Query: {
    async me(_parent, _args, { caller, users }) {
      const { userId } = await caller()
      const user = await users.load(userId)
      if (!user) throw new DomainError('UNAUTHENTICATED', 'log in to read this')
      return user
    },
  },

  Mutation: {
    signUp: (_parent, { input }, { parts, origin }) => signUp(parts, input, origin),
    logIn: (_parent, { input }, { parts, origin }) => logIn(parts, input, origin),
    refreshSession: (_parent, { refreshToken }, { parts, origin }) => refreshSession(parts, refreshToken, origin),
    async logOut(_parent, _args, { caller, parts, origin }) {
      await logOut(parts, await caller(), origin)
      return true
    },
  },

  User: {
    __resolveReference: ({ id }, { users }) => users.load(id),
  },

  Workspace: {
    __resolveReference: ({ id }, { workspaces }) => workspaces.load(id),
  },
}
