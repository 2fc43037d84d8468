import { readFileSync } from 'node:fs'
import type { JSONWebKeySet } from 'jose'
import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, migrate } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { makeSubgraph, type Subgraph } from '#platform/graphql'
import {
  ACCESS_TOKEN,
  type CachedKeySource,
  cachedKeySource,
  type KeySource,
  makeRevocations,
  makeTokenVerifier,
  type Revocations,
  type TokenVerifier,
} from '#platform/identity'
import { type Loop, openStack, startLoop } from '#platform/lifecycle'
import type { Messaging } from '#platform/messaging'
import { keepSchemas, openOutbox, outboxMigrations } from '#platform/outbox'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import { expireSessions } from './commands/expire-sessions.ts'
import { rotateKeys, tendKeys } from './commands/rotate-keys.ts'
import { lastTokenEnd } from './commands/settle-session.ts'
import type { AuthConfig } from './config.ts'
import { systemSecret } from './credentials/credential-rows.ts'
import { makeKeyRing } from './credentials/key-ring.ts'
import { openPasswords } from './credentials/passwords.ts'
import { makeRefreshTokens } from './credentials/refresh-tokens.ts'
import { makeThrottle, type Throttle } from './credentials/throttle.ts'
import { contextFor } from './graphql/context.ts'
import { authResolvers } from './graphql/resolvers.ts'
import { authMigrations } from './migrations/index.ts'
import type { AuthParts } from './parts.ts'
import { sessionsRevokedSince } from './projections/sessions.ts'

export { type AuthConfig, authConfig, authEnvironment } from './config.ts'

/** What auth stands on. */
export interface AuthPorts {
  readonly database: Database
  readonly clock: Clock
  readonly schemas: Schemas
  readonly log: Log
  readonly config: AuthConfig
  /** Where revocations are told. Without it only this process learns of them. */
  readonly messaging?: Messaging
  /** Shared with the verifiers of the same process, so that they learn of a revocation at once. */
  readonly revocations?: Revocations
}

/** Users, sessions and keys. */
export interface Auth {
  readonly subgraph: Subgraph
  readonly verifier: TokenVerifier
  /** The public keys for verifiers in this process. */
  readonly keySource: KeySource
  /** The public keys as a document for others (RFC 7517). A verifier may keep it for at most five minutes. */
  jwks(): JSONWebKeySet
  /** Makes the next signing key before its time. @returns its id */
  rotateKeys(): Promise<string>
  stop(): Promise<void>
}

// Twice as long as `cachedKeySource` keeps a key set.
const KEY_CACHE_MS = 10 * 60_000
const TEND_EVERY_MS = 30_000
const SDL = new URL('../../schemas/auth.graphql', import.meta.url)

/** Brings the database of auth up to date. @returns the migrations that it had not had */
export function migrateAuth(database: Database): Promise<readonly string[]> {
  return migrate(database, [...eventStoreMigrations, ...outboxMigrations, ...authMigrations])
}

/** Opens auth: brings its database up to date, makes what secrets are missing, and starts to serve. */
export async function openAuth(ports: AuthPorts): Promise<Auth> {
  const { database, clock, log, messaging, schemas } = ports
  await migrateAuth(database)
  await keepSchemas(database, schemas)
  const parts = await openParts(ports)
  await tendKeys(parts)
  await recallRevocations(parts)

  const keySource = cachedKeySource({ fetchKeys: async () => parts.keyRing.jwks(), clock })
  const verifier = makeTokenVerifier({ keys: keySource, clock, revocations: parts.revocations })
  const stack = openStack()
  if (messaging) {
    await messaging.createTopics([topics['identity-events']])
    await ports.schemas.register(topics['identity-events'].schema)
    const carrier = await messaging.carry(openOutbox(database, ['identity-events']))
    stack.push('carrier', () => carrier.stop())
  }
  const loop = startTending(parts, keySource)
  stack.push('tending', () => loop.stop())

  return {
    subgraph: makeSubgraph({
      name: 'auth',
      typeDefs: readFileSync(SDL, 'utf8'),
      resolvers: authResolvers,
      contextFor: async (caller) => contextFor(parts, verifier, caller),
      log,
    }),
    verifier,
    keySource,
    jwks: () => parts.keyRing.jwks(),
    async rotateKeys() {
      const kid = await rotateKeys(parts)
      await keySource.refresh()
      return kid
    },
    async stop() {
      for (const { name, error } of await stack.close()) log.error('auth.stop-failed', { part: name, err: error })
    },
  }
}

async function openParts({ database, clock, schemas, log, config, revocations }: AuthPorts): Promise<AuthParts> {
  const { windowMs, ...limits } = config.throttle
  const throttle = (attemptsMax: number): Throttle => makeThrottle({ clock, attemptsMax, windowMs })
  const lives = {
    cacheMs: KEY_CACHE_MS,
    tokenMs: ACCESS_TOKEN.lifeMsMax + ACCESS_TOKEN.skewMs,
    signingMs: config.keyLifeMs,
  }
  return {
    database,
    clock,
    schemas,
    log,
    config,
    passwords: await openPasswords(config.hash),
    refreshTokens: makeRefreshTokens(await systemSecret(database, 'refresh-token-successors')),
    keyRing: makeKeyRing(database, lives),
    revocations: revocations ?? makeRevocations(clock),
    throttles: {
      logInsPerAccount: throttle(limits.failedLogInsPerAccountMax),
      logInsPerNetwork: throttle(limits.logInsPerNetworkMax),
      signUpsPerNetwork: throttle(limits.signUpsPerNetworkMax),
      refreshesPerNetwork: throttle(limits.refreshesPerNetworkMax),
    },
  }
}

/** What was revoked before a restart is still revoked after it. */
async function recallRevocations({ database, revocations }: AuthParts): Promise<void> {
  const now = await database.now()
  const since = new Date(now.getTime() - ACCESS_TOKEN.lifeMsMax - ACCESS_TOKEN.skewMs)
  for (const { sessionId, revokedAt } of await sessionsRevokedSince(database.reader, since)) {
    revocations.revoke(sessionId, lastTokenEnd(revokedAt))
  }
}

function startTending(parts: AuthParts, keySource: CachedKeySource): Loop {
  return startLoop({
    clock: parts.clock,
    pollMs: TEND_EVERY_MS,
    async runOnce() {
      await tendKeys(parts)
      await keySource.refresh()
      return (await expireSessions(parts)) > 0
    },
    onError: (error) => parts.log.warn('auth.tending-failed', { err: error }),
  })
}
