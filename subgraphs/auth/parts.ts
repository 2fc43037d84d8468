import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import type { Revocations } from '#platform/identity'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import type { AuthConfig } from './config.ts'
import type { KeyRing } from './credentials/key-ring.ts'
import type { Passwords } from './credentials/passwords.ts'
import type { RefreshTokens } from './credentials/refresh-tokens.ts'
import type { Throttle } from './credentials/throttle.ts'

/** What the commands of auth work with. */
export interface AuthParts {
  readonly database: Database
  readonly clock: Clock
  readonly schemas: Schemas
  readonly log: Log
  readonly config: AuthConfig
  readonly passwords: Passwords
  readonly refreshTokens: RefreshTokens
  readonly keyRing: KeyRing
  readonly revocations: Revocations
  readonly throttles: {
    readonly logInsPerAccount: Throttle
    readonly logInsPerNetwork: Throttle
    readonly signUpsPerNetwork: Throttle
    readonly refreshesPerNetwork: Throttle
  }
}

/** Where a request comes from. */
export interface Origin {
  /** The network as `networkOf` words it: what cannot be told apart shares its limits. */
  readonly network: string
  readonly correlationId: string
}
