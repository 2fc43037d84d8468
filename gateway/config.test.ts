import { expect, test } from 'vitest'
import { gatewayConfig, gatewayEnvironment } from './config.ts'

test('an empty environment gives a gateway on this machine alone', () => {
  expect(gatewayConfig(gatewayEnvironment.parse({}))).toEqual({
    port: 4_000,
    host: '127.0.0.1',
    trustProxy: false,
    isProduction: false,
    socketsMax: 5_000,
    streamsMax: 5_000,
    operationsPerSocketMax: 100,
    dashboardPort: 8_761,
  })
})

test('every wrong variable is reported at once', () => {
  const wrong = { PORT: '70000', TRUST_PROXY: 'perhaps', NODE_ENV: 'prod', SOCKETS_MAX: '', STREAMS_MAX: '1e3' }
  const { error } = gatewayEnvironment.safeParse(wrong)
  expect(error?.issues.map(({ path }) => path[0]).sort()).toEqual(Object.keys(wrong).sort())
})

test('what is given is taken', () => {
  const given = { PORT: '0', HOST: '::1', TRUST_PROXY: 'true', NODE_ENV: 'production', UNRELATED: 'x' }
  const config = gatewayConfig(gatewayEnvironment.parse(given))
  expect(config).toMatchObject({ port: 0, host: '::1', trustProxy: true, isProduction: true })
})
