import { expect, test } from 'vitest'
import { ConfigurationError, readConfig } from './config.ts'

test('an empty environment is a good one', () => {
  expect(readConfig({})).toMatchObject({ dataDirectory: './data', logLevel: 'warn', gateway: { port: 4_000 } })
  expect(readConfig({ PORT: '' }).gateway.port).toBe(4_000)
})

test('everything that is wrong is said at once', () => {
  const wrong = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318',
    PORT: '99999',
    LOG_LEVEL: 'loud',
    TASK_WORKERS: '0',
    AUTH_KEY_LIFE_MS: 'long',
    HTTP_ALLOW_PRIVATE: '10.0.0.0/99',
  }
  expect(() => readConfig(wrong)).toThrow(ConfigurationError)
  for (const name of Object.keys(wrong)) expect(() => readConfig(wrong)).toThrow(new RegExp(`  ${name}: `))
})

test('private addresses are a switch or a list', () => {
  expect(readConfig({ HTTP_ALLOW_PRIVATE: 'true' }).httpAllowPrivate).toBe(true)
  expect(readConfig({ HTTP_ALLOW_PRIVATE: '10.0.0.0/8, intranet' }).httpAllowPrivate).toEqual([
    '10.0.0.0/8',
    'intranet',
  ])
})

test('production asks for longer passwords and says more', () => {
  const { auth, logLevel, gateway } = readConfig({ NODE_ENV: 'production' })
  expect([auth.passwordCharactersMin, logLevel, gateway.isProduction]).toEqual([12, 'info', true])
})
