import { expect, test } from 'vitest'
import { readServiceConfig } from './config.ts'
import { httpPolicyOf } from './http-policy.ts'

test('what the system stands on is no target, whatever its ports are', () => {
  const config = readServiceConfig('executor', {
    ...{ HTTP_ALLOW_PRIVATE: 'true', KAFKA_BROKERS: 'a:9092,b:9093', MYSQL_URL: 'mysql://root@db' },
    SCHEMA_REGISTRY_URL: 'http://registry:8081/apis/ccompat/v7',
  })
  expect(httpPolicyOf(config)).toEqual({ allowPrivate: true, refusedPorts: [9_092, 9_093, 8_081, 3_306] })
  const other = { ...config, registryUrl: 'https://registry', mysqlUrl: 'mysql://root@db:3307' }
  expect(httpPolicyOf(other).refusedPorts).toEqual([9_092, 9_093, 443, 3_307])
})
