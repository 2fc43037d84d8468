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

test('all that is wrong is told at once, whoever reads it', () => {
  const wrong = { PORT: 'x', KAFKA_CLIENT: 'rdkafka', MYSQL_URL: 'nowhere' }
  expect(() => readServiceConfig('jobs', wrong)).toThrow(/PORT.*\n.*KAFKA_CLIENT.*\n.*MYSQL_URL/)
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

test('KAFKA jobs publish to the brokers of the stack unless they have others, and never to its topics', () => {
  const read = (variables: Record<string, string>) => readServiceConfig('executor', variables).kafkaJobs
  expect(read({})).toBeUndefined()
  const topics = { KAFKA_JOB_TOPICS: 'orders', KAFKA_CLIENT: 'platformatic' }
  expect(read(topics)).toEqual({ brokers: ['127.0.0.1:19092'], topics: ['orders'], client: 'platformatic' })
  expect(read({ ...topics, KAFKA_JOB_BROKERS: 'other:9092' })).toMatchObject({ brokers: ['other:9092'] })
  const prefixed = { KAFKA_TOPIC_PREFIX: 'blue.', KAFKA_JOB_TOPICS: 'blue.job-events' }
  expect(() => read(prefixed)).toThrow(/KAFKA_JOB_TOPICS: blue.job-events is the system's own/)
  expect(read({ ...prefixed, KAFKA_JOB_TOPICS: 'green.job-events' })).toMatchObject({ topics: ['green.job-events'] })
})
