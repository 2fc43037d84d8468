import { expect, test } from 'vitest'
import { authConfig, authEnvironment } from './config.ts'

test('an empty environment is development with sound limits', () => {
  const config = authConfig(authEnvironment.parse({}))
  expect(config.passwordCharactersMin).toBe(5)
  expect(config.accessTokenLifeMs).toBe(900_000)
  expect(config.throttle).toEqual({
    windowMs: 900_000,
    failedLogInsPerAccountMax: 10,
    logInsPerNetworkMax: 200,
    signUpsPerNetworkMax: 50,
    refreshesPerNetworkMax: 2_000,
  })
})

test('production asks for longer passwords', () => {
  expect(authConfig(authEnvironment.parse({ NODE_ENV: 'production' })).passwordCharactersMin).toBe(12)
})

test('everything that is wrong is reported together', () => {
  const { error } = authEnvironment.safeParse({
    NODE_ENV: 'prod',
    AUTH_ACCESS_TOKEN_LIFE_MS: '1000000',
    AUTH_SIGN_UPS_PER_NETWORK_MAX: 'many',
    AUTH_HASHES_AT_ONCE_MAX: '0',
  })
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([
    'NODE_ENV',
    'AUTH_ACCESS_TOKEN_LIFE_MS',
    'AUTH_HASHES_AT_ONCE_MAX',
    'AUTH_SIGN_UPS_PER_NETWORK_MAX',
  ])
})
