import { describe, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { openCatalogue } from './catalogue.ts'
import { type KafkaReach, kafkaTask } from './kafka.ts'
import type { JsonObject } from './task.ts'
import { taskContext } from './testing/task-context.ts'

type Published = Parameters<NonNullable<KafkaReach['publish']>>[0]

/** Brokers that keep what they are sent. */
function brokers(topics = ['orders', 'audit']): KafkaReach & { readonly records: Published[] } {
  const records: Published[] = []
  return { topics, records, publish: async (record) => void records.push(record) }
}

const run = (params: JsonObject, reach: KafkaReach | undefined, context = taskContext()) =>
  kafkaTask(reach).run({ topic: 'orders', value: 'x', ...params }, context)

describe('a record', () => {
  test('carries the execution and the attempt, and what the params say', async () => {
    const reach = brokers()
    const context = taskContext()
    const { result } = await run({ key: 'k', value: { a: [1] }, headers: { source: 'x' } }, reach, context)
    expect(reach.records).toEqual([
      {
        topic: 'orders',
        key: 'k',
        value: Buffer.from('{"a":[1]}'),
        headers: { source: 'x', 'carillon-execution-id': context.executionId, 'carillon-attempt': '2' },
      },
    ])
    expect(result).toMatchObject({ topic: 'orders', key: 'k', valueBytes: 9 })
    expect(context.lines).toEqual([['INFO', expect.stringMatching(/^published 9 bytes to orders after \d+ ms$/)]])
  })

  test.each([
    ['text', Buffer.from('text')],
    [5, Buffer.from('5')],
    [[1], Buffer.from('[1]')],
    [null, null],
  ])('%j is sent as %s', async (value, bytes) => {
    const reach = brokers()
    await run({ value }, reach)
    expect(reach.records[0]?.value).toEqual(bytes)
  })

  test('without a key has the id of its execution, so that its attempts stay in order', async () => {
    const reach = brokers()
    await run({}, reach)
    expect(reach.records[0]?.key).toBe(taskContext().executionId)
  })

  test('cannot replace what Carillon sets, even with params that were never checked', async () => {
    const reach = brokers()
    await run({ headers: { 'carillon-execution-id': 'mine' } }, reach)
    expect(reach.records[0]?.headers['carillon-execution-id']).toBe(taskContext().executionId)
  })
})

describe('is refused', () => {
  test('where no broker is configured', async () => {
    await expect(run({}, undefined)).rejects.toMatchObject({ code: 'KAFKA_NOT_CONFIGURED' })
    await expect(run({}, { topics: ['orders'] })).rejects.toMatchObject({ code: 'KAFKA_NOT_CONFIGURED' })
  })

  test('a topic that is not allowed any more', async () => {
    const reach = brokers()
    await expect(run({ topic: 'job-events' }, reach)).rejects.toMatchObject({
      code: 'KAFKA_TOPIC_REFUSED',
      isFinal: true,
    })
    expect(reach.records).toEqual([])
  })

  test('a value that is too large', async () => {
    const failed = run({ value: 'é'.repeat(131_073) }, brokers())
    await expect(failed).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE', isFinal: true })
  })
})

describe('a failure', () => {
  const failing = (error: Error): KafkaReach => ({ topics: ['orders'], publish: () => Promise.reject(error) })

  test.each([
    ['RecordTooLargeError', 'KAFKA_RECORD_TOO_LARGE', true],
    ['UnknownTopicError', 'KAFKA_TOPIC_UNKNOWN', false],
    ['KafkaJSConnectionError', 'KAFKA_FAILED', false],
  ])('%s becomes %s, and tells no broker', async (name, code, isFinal) => {
    const error = Object.assign(new Error('Connection error: secret-broker:9092'), { name })
    const failed = run({}, failing(error))
    await expect(failed).rejects.toMatchObject({ code, isFinal })
    await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining('secret') })
  })

  test('to confirm in time is told, and what comes later is passed over', async () => {
    const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
    const late = Promise.withResolvers<void>()
    const failed = expect(
      run({ timeLimitMs: 500 }, { topics: ['orders'], publish: () => late.promise }, taskContext({ clock })),
    ).rejects.toMatchObject({ code: 'KAFKA_TIMED_OUT', isFinal: false })
    await clock.advance(500)
    await failed
    late.reject(new Error('too late for anybody'))
    expect(clock.nextWakeMs()).toBeUndefined()
  })

  test('to wait: an attempt that ends waits no longer, and one that has ended sends nothing', async () => {
    const abort = new AbortController()
    const never = { topics: ['orders'], publish: () => new Promise<void>(() => undefined) }
    const failed = expect(run({}, never, taskContext({ signal: abort.signal }))).rejects.toMatchObject({
      code: 'TASK_ABORTED',
    })
    abort.abort()
    await failed
    const reach = brokers()
    const ended = run({}, reach, taskContext({ signal: abort.signal }))
    await expect(ended).rejects.toMatchObject({ code: 'TASK_ABORTED' })
    expect(reach.records).toEqual([])
  })
})

describe('the catalogue', () => {
  const sql = { shop: { kind: 'SQLITE', path: '/x', workspaceIds: null } } as const

  test('offers KAFKA and SQL only where they are configured, and says why elsewhere', () => {
    const [bare, whole] = [openCatalogue(), openCatalogue({ sql, kafka: { topics: ['orders'] } })]
    const names = ({ jobTypes }: typeof bare): string[] => jobTypes.map(({ name }) => name)
    expect(names(bare)).toEqual(['REPORT', 'HTTP', 'ECHO', 'SLEEP'])
    expect(names(whole)).toEqual(['REPORT', 'HTTP', 'ECHO', 'SLEEP', 'SQL', 'KAFKA'])
    expect(bare.notOffered).toMatchObject({
      KAFKA: { code: 'KAFKA_NOT_CONFIGURED' },
      SQL: { code: 'SQL_NOT_CONFIGURED' },
    })
    expect(whole.notOffered).toEqual({})
    // What was made before fails with a code of its own.
    expect(bare.taskNamed('KAFKA')?.name).toBe('KAFKA')
  })

  test.each([
    ['KAFKA', { topic: 'orders', value: null, headers: { 'content-type': 'a/b' } }, []],
    ['KAFKA', { topic: 'orders' }, ['params.value']],
    ['KAFKA', { topic: 'job-events', value: 1 }, ['params.topic']],
    ['KAFKA', { topic: 'orders', value: 1, headers: { 'Carillon-Attempt': '1' } }, ['params.headers.Carillon-Attempt']],
    ['KAFKA', { topic: 'orders', value: 1, headers: { a: 1 } }, ['params.headers.a']],
    ['KAFKA', { topic: 'orders', value: 1, acks: 0 }, ['params.acks']],
    ['SQL', { connection: 'anything', query: 'select ?', params: [1, 'a', null, true], format: 'JSON' }, []],
    ['SQL', { connection: 'shop', query: '' }, ['params.query']],
    ['SQL', { connection: 'shop', query: 'x', params: [{}] }, ['params.params[0]']],
    ['SQL', { connection: 'shop', query: 'x', rowsMax: 10_001 }, ['params.rowsMax']],
    ['SQL', { connection: { host: 'db' }, query: 'x' }, ['params.connection']],
    ['SQL', { connection: 'shop', query: 'x', password: 'y' }, ['params.password']],
  ])('checks %s %j', (jobType, params, paths) => {
    const { checkParams } = openCatalogue({ sql, kafka: { topics: ['orders'] } })
    expect(checkParams(jobType, params).map(({ path }) => path)).toEqual(paths)
  })
})
