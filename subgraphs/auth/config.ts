import { z } from 'zod'
import { ACCESS_TOKEN } from '#platform/identity'
import { passwordCharactersMin } from './domain/password-policy.ts'
import type { HashParameters } from './domain/user.ts'

/** What auth can be told. */
export interface AuthConfig {
  readonly passwordCharactersMin: number
  readonly accessTokenLifeMs: number
  /** A signing key is followed by the next one after so long. */
  readonly keyLifeMs: number
  readonly hash: { readonly parameters: HashParameters; readonly runningMax: number; readonly waitingMax: number }
  /** Attempts in `windowMs`: all at once, or spread. */
  readonly throttle: {
    readonly windowMs: number
    readonly failedLogInsPerAccountMax: number
    readonly logInsPerNetworkMax: number
    readonly signUpsPerNetworkMax: number
    readonly refreshesPerNetworkMax: number
  }
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const ATTEMPTS_MAX = 1_000_000

// OWASP's Password Storage Cheat Sheet; `@node-rs/argon2` takes about 14 ms for it here.
const HASH_PARAMETERS: HashParameters = { memoryKib: 19_456, passes: 2, lanes: 1 }

/** The part of the environment that auth reads; spans are in milliseconds. */
export const authEnvironment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  AUTH_ACCESS_TOKEN_LIFE_MS: whole(1_000, ACCESS_TOKEN.lifeMsMax, ACCESS_TOKEN.lifeMsMax),
  AUTH_KEY_LIFE_MS: whole(60 * MINUTE_MS, 365 * DAY_MS, 30 * DAY_MS),
  AUTH_HASHES_AT_ONCE_MAX: whole(1, 64, 2),
  AUTH_HASHES_WAITING_MAX: whole(0, 10_000, 64),
  AUTH_THROTTLE_WINDOW_MS: whole(1_000, DAY_MS, 15 * MINUTE_MS),
  AUTH_FAILED_LOG_INS_PER_ACCOUNT_MAX: whole(1, ATTEMPTS_MAX, 10),
  AUTH_LOG_INS_PER_NETWORK_MAX: whole(1, ATTEMPTS_MAX, 200),
  AUTH_SIGN_UPS_PER_NETWORK_MAX: whole(1, ATTEMPTS_MAX, 50),
  AUTH_REFRESHES_PER_NETWORK_MAX: whole(1, ATTEMPTS_MAX, 2_000),
})

/** What auth is told by a checked environment. */
export function authConfig(environment: z.output<typeof authEnvironment>): AuthConfig {
  return {
    passwordCharactersMin: passwordCharactersMin(environment.NODE_ENV),
    accessTokenLifeMs: environment.AUTH_ACCESS_TOKEN_LIFE_MS,
    keyLifeMs: environment.AUTH_KEY_LIFE_MS,
    hash: {
      parameters: HASH_PARAMETERS,
      runningMax: environment.AUTH_HASHES_AT_ONCE_MAX,
      waitingMax: environment.AUTH_HASHES_WAITING_MAX,
    },
    throttle: {
      windowMs: environment.AUTH_THROTTLE_WINDOW_MS,
      failedLogInsPerAccountMax: environment.AUTH_FAILED_LOG_INS_PER_ACCOUNT_MAX,
      logInsPerNetworkMax: environment.AUTH_LOG_INS_PER_NETWORK_MAX,
      signUpsPerNetworkMax: environment.AUTH_SIGN_UPS_PER_NETWORK_MAX,
      refreshesPerNetworkMax: environment.AUTH_REFRESHES_PER_NETWORK_MAX,
    },
  }
}

function whole(min: number, max: number, byDefault: number): z.ZodDefault<z.ZodCoercedNumber<unknown>> {
  return z.coerce.number().int().min(min).max(max).default(byDefault)
}
