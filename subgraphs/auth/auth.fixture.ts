import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import type { SubgraphCaller } from '#platform/graphql'
import { makeRevocations, type Revocations } from '#platform/identity'
import { embeddedSchemas } from '#platform/schemas'
import { type Log, silentLog } from '#platform/telemetry'
import { openTestDatabase } from '#platform/testing'
import { type AuthConfig, authConfig, authEnvironment } from './config.ts'
import { type Auth, openAuth } from './main.ts'

/** Auth on a database of its own, for tests. */
export interface AuthStage {
  readonly auth: Auth
  readonly database: Database
  readonly revocations: Revocations
  /** @returns the first field of the answer */
  ask<Result>(query: string, variables?: object, caller?: SubgraphCaller): Promise<Result>
  /** @returns code and details of the first error, or `done` */
  refusalOf(query: string, variables?: object, caller?: SubgraphCaller): Promise<unknown>
  close(): Promise<void>
}

/** What the tests look at of a session. */
export interface SessionAnswer {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresAt: string
  readonly user: {
    readonly id: string
    readonly username: string
    readonly roles: readonly string[]
    readonly workspaces: readonly { readonly id: string; readonly name: string }[]
  }
}

/** What to open otherwise than a test usually does. */
export interface StageOptions {
  readonly path?: string
  /** A database that is open already, and stays so. */
  readonly database?: Database
  readonly config?: Partial<AuthConfig>
  readonly log?: Log
}

const SESSION = '{ accessToken refreshToken expiresAt user { id username roles workspaces { id name } } }'
export const SIGN_UP = `mutation ($username: String!, $password: String!) {
  signUp(input: { username: $username, password: $password }) ${SESSION} }`
export const LOG_IN = `mutation ($username: String!, $password: String!) {
  logIn(input: { username: $username, password: $password }) ${SESSION} }`
export const REFRESH = `mutation ($refreshToken: String!) { refreshSession(refreshToken: $refreshToken) ${SESSION} }`
export const LOG_OUT = 'mutation { logOut }'
export const ME = '{ me { id username roles workspaces { id name } } }'
export const shreyash = { username: 'shreyash', password: '12345' }

/** Hashes that cost next to nothing, and limits that nobody reaches by accident. */
export function stageConfig(): AuthConfig {
  const config = authConfig(authEnvironment.parse({}))
  const parameters = { memoryKib: 64, passes: 1, lanes: 1 }
  return { ...config, hash: { ...config.hash, parameters, waitingMax: 1_000 } }
}

/** Opens auth, in memory unless a path is given. */
export async function openStage(clock: Clock, options: StageOptions = {}): Promise<AuthStage> {
  const { path = ':memory:', config = {}, log = silentLog() } = options
  const database = options.database ?? (await openTestDatabase({ name: 'auth', path, clock }))
  const revocations = makeRevocations(clock)
  const whole = { ...stageConfig(), ...config }
  const auth = await openAuth({ database, clock, schemas: embeddedSchemas(), log, config: whole, revocations })

  return {
    auth,
    database,
    revocations,
    async ask<Result>(query: string, variables: object = {}, caller: SubgraphCaller = {}) {
      const answer = await auth.subgraph.execute({ query, variables: { ...variables } }, caller)
      if (answer.errors) throw new Error(JSON.stringify(answer.errors))
      return Object.values(answer.data ?? {})[0] as Result
    },
    async refusalOf(query, variables = {}, caller = {}) {
      const answer = await auth.subgraph.execute({ query, variables: { ...variables } }, caller)
      return answer.errors?.[0]?.extensions ?? 'done'
    },
    async close() {
      await auth.stop()
      if (!options.database) await database.close()
    },
  }
}
