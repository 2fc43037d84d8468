import { expect, test } from 'vitest'
import { readServiceConfig } from './config.ts'

test('each service has a port of its own, and may take another one unless it was told', () => {
  expect(readServiceConfig('jobs', {})).toMatchObject({ service: 'jobs', isPortFree: true, gateway: { port: 4002 } })
  expect(readServiceConfig('jobs', { PORT: '4242' })).toMatchObject({ isPortFree: false, gateway: { port: 4242 } })
  expect(readServiceConfig('gateway', {})).toMatchObject({ isPortFree: false, gateway: { port: 4000 } })
})

test('brokers and seeds are lists', () => {
  const config = readServiceConfig('gateway', {
    KAFKA_BROKERS: 'kafka-1:9092, kafka-2:9092',
    INSTANCE_SEEDS: 'auth=http://10.0.0.7:4001,jobs=http://10.0.0.8:4002',
  })
  expect(config.kafka.brokers).toEqual(['kafka-1:9092', 'kafka-2:9092'])
  expect(config.seeds).toEqual([
    { name: 'auth', url: 'http://10.0.0.7:4001' },
    { name: 'jobs', url: 'http://10.0.0.8:4002' },
  ])
})

test.each([
  ['KAFKA_BROKERS', 'kafka'],
  ['KAFKA_CLIENT', 'rdkafka'],
  ['SCHEMA_REGISTRY_URL', 'registry:8081'],
  ['MYSQL_URL', 'postgres://localhost/x'],
  ['MYSQL_DATABASE_PREFIX', 'a; drop'],
  ['INSTANCE_SEEDS', 'jobs'],
  ['INSTANCE_SEEDS', 'jobs=ftp://there'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readServiceConfig('jobs', { [name]: value })).toThrow(new RegExp(name))
})
