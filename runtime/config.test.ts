import { expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { ConfigurationError } from './configuration-error.ts'

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
    WEBHOOK_KEY: 'c2hvcnQ=',
    CONCURRENCY_MAX: '0',
    JOB_TYPE_CONCURRENCY_MAX: 'HTTP',
    WORKSPACE_WEIGHTS: 'w=1001',
    ARTEFACT_STORAGE: 'tape',
    S3_ENDPOINT: 'minio:9000',
    S3_PREFIX: '../',
    SHELL_JOBS: 'yes',
    SHELL_COMMANDS: 'date,./here',
    SHELL_NETWORK: 'maybe',
    SHELL_BUBBLEWRAP: 'bin/bwrap',
  }
  expect(() => readConfig(wrong)).toThrow(ConfigurationError)
  for (const name of Object.keys(wrong)) expect(() => readConfig(wrong)).toThrow(new RegExp(`  ${name}: `))
})

test('files lie in the database, a folder or a bucket, of which every part must be told', () => {
  expect(readConfig({}).storage).toEqual({ kind: 'database' })
  expect(readConfig({ ARTEFACT_STORAGE: 'files', DATA_DIR: '/d' }).storage).toEqual({
    kind: 'files',
    directory: '/d/artefacts',
  })
  const bucket = { S3_ENDPOINT: 'http://minio:9000', S3_BUCKET: 'files' }
  const keys = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' }
  expect(readConfig({ ARTEFACT_STORAGE: 's3', ...bucket, ...keys }).storage).toEqual({
    ...{ kind: 's3', endpoint: 'http://minio:9000', bucket: 'files', region: 'us-east-1', prefix: 'carillon/' },
    ...{ accessKeyId: 'id', secretAccessKey: 'secret' },
  })
  expect(() => readConfig({ ARTEFACT_STORAGE: 's3', ...bucket })).toThrow(/S3_ACCESS_KEY_ID.*\n.*S3_SECRET_ACCESS_KEY/)
})

test('private addresses are a switch or a list', () => {
  expect(readConfig({ HTTP_ALLOW_PRIVATE: 'true' }).httpAllowPrivate).toBe(true)
  expect(readConfig({ HTTP_ALLOW_PRIVATE: '10.0.0.0/8, intranet' }).httpAllowPrivate).toEqual([
    '10.0.0.0/8',
    'intranet',
  ])
})

test('commands are off, and without a network, until somebody says otherwise', () => {
  expect(readConfig({})).toMatchObject({
    shell: { mode: 'off', commands: [], hasNetwork: false, bubblewrap: 'bwrap' },
    tasksDirectory: undefined,
  })
  const opened = { SHELL_JOBS: 'sandboxed', SHELL_COMMANDS: '/opt/a, date', SHELL_NETWORK: 'true', TASKS_DIR: '/srv' }
  expect(readConfig(opened)).toMatchObject({
    shell: { mode: 'sandboxed', commands: ['/opt/a', 'date'], hasNetwork: true },
    tasksDirectory: '/srv',
  })
})

test('the keys of webhooks are 32 bytes each, and never shown when one is wrong', () => {
  const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const text = `${one.toString('base64')}, ${other.toString('base64')}`
  expect(readConfig({ WEBHOOK_KEY: text }).webhookKeys).toEqual([one, other])
  expect(readConfig({}).webhookKeys).toEqual([])
  const wrong = one.toString('hex')
  expect(() => readConfig({ WEBHOOK_KEY: wrong })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining(wrong) }),
  )
})

test('production asks for longer passwords and says more', () => {
  const { auth, logLevel, gateway } = readConfig({ NODE_ENV: 'production' })
  expect([auth.passwordCharactersMin, logLevel, gateway.isProduction]).toEqual([12, 'info', true])
})

test('limits and weights are numbers by name', () => {
  const given = { CONCURRENCY_MAX: '500', JOB_TYPE_CONCURRENCY_MAX: 'HTTP=50, REPORT=2', WORKSPACE_WEIGHTS: '' }
  expect(readConfig(given).flow).toEqual({
    concurrencyMax: 500,
    concurrencyMaxOfType: new Map([
      ['HTTP', 50],
      ['REPORT', 2],
    ]),
    weights: new Map(),
  })
  expect(readConfig({}).flow.concurrencyMax).toBeNull()
})

test("KAFKA jobs need brokers, and topics that are nobody else's", () => {
  expect(readConfig({}).kafkaJobs).toBeUndefined()
  const good = { KAFKA_JOB_TOPICS: 'orders, audit.v1', KAFKA_JOB_BROKERS: 'a:9092, b:9092' }
  expect(readConfig(good).kafkaJobs).toEqual({
    ...{ brokers: ['a:9092', 'b:9092'], topics: ['orders', 'audit.v1'], client: 'kafkajs' },
  })
  expect(() => readConfig({ KAFKA_JOB_TOPICS: 'orders' })).toThrow(/KAFKA_JOB_BROKERS: is missing/)
  for (const topic of ['job-events', 'quarantine', '__consumer_offsets', '_schemas', 'a b', '']) {
    const topics = `orders,${topic}`
    expect(() => readConfig({ ...good, KAFKA_JOB_TOPICS: topics }), topic).toThrow(/KAFKA_JOB_TOPICS: must be topics/)
  }
})
