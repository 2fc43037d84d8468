import { afterEach, expect, test } from 'vitest'
import { openOutbox } from '#platform/outbox'
import {
  EXECUTION,
  execution,
  executionId,
  openSubject,
  type Subject,
  schemas,
  send,
  write,
} from './apply-topics.contract.ts'
import { PoisonError } from './inbox/delivery.ts'
import { replayQuarantined } from './inbox/inbox.ts'
import { quarantined } from './inbox/quarantine.ts'

const closing: Subject[] = []
afterEach(async () => {
  for (const subject of closing.splice(0)) await subject.close()
})

async function open(): Promise<Subject> {
  const subject = await openSubject()
  closing.push(subject)
  return subject
}

const good = schemas.frame(executionId, schemas.encode(EXECUTION, execution))
const MEBIBYTE = 1024 * 1024

/** What the topic `quarantine` was told. */
async function announced({ messaging, clock }: Subject): Promise<object[]> {
  const values: object[] = []
  await messaging.consume({
    group: `watcher-${clock.newId()}`,
    topics: ['quarantine'],
    async handle(batch) {
      for (const { value } of batch) values.push((await schemas.decode(value ?? Buffer.alloc(0))).value)
    },
  })
  await clock.settle()
  return values
}

test.each([
  ['no magic byte', 'NO_MAGIC_BYTE', Buffer.from('{"json":true}'), null],
  ['an unknown schema id', 'UNKNOWN_SCHEMA', schemas.frame(7, good.subarray(5)), 7],
  ['truncated Avro', 'UNDECODABLE', good.subarray(0, -1), executionId],
  ['no value', 'NULL_VALUE', null, null],
])('a record with %s is parked, and other streams go on', async (_kind, reason, value, schemaId) => {
  const subject = await open()
  await subject.start()
  await send(subject.messaging, { stream: 'poison', version: 1, value }, { stream: 'good', version: 1 })
  await send(subject.messaging, { stream: 'poison', version: 2 }, { stream: 'good', version: 2 })
  expect(await subject.applied()).toEqual(['good@1', 'good@2'])
  expect(await subject.waiting()).toBe(1)

  const [parked, ...others] = await quarantined(subject.database.reader)
  expect(others).toEqual([])
  expect(parked).toMatchObject({ consumer: 'service', reason, schemaId, replayedAt: null, record: { key: 'poison' } })
  expect(parked?.record.value && Buffer.from(parked.record.value)).toEqual(value && Buffer.from(value))
  expect(await announced(subject)).toMatchObject([{ consumer: 'service', topic: 'execution-events', reason, schemaId }])
})

test('a record over the size limit is parked, and the topic is told without its value', async () => {
  const subject = await open()
  await subject.start()
  const large = schemas.encode(EXECUTION, { ...execution, errorCode: 'x'.repeat(MEBIBYTE) })
  const headers = { stream: 'poison', version: '1', previous: '0', correlation: 'c' }
  const place = { topic: 'execution-events', partition: 0, key: 'poison', schema: EXECUTION }
  const row = { ...place, position: 1, body: large, headers, recordedAt: new Date(0) }
  await subject.messaging.carry({
    ...openOutbox(subject.database, ['execution-events']),
    name: 'careless',
    read: async (_topic, partition, after) => (partition === 0 && after === 0 ? [row] : []),
    heads: async () => [{ topic: 'execution-events', partition: 0, position: 1 }],
    headsAfter: async () => [],
    count: async () => 1,
    onCommit: () => () => undefined,
  })
  await send(subject.messaging, { stream: 'good', version: 1 })
  expect(await subject.applied()).toEqual(['good@1'])
  const [parked] = await quarantined(subject.database.reader)
  expect(parked).toMatchObject({ reason: 'TOO_LARGE', record: { key: 'poison' } })
  expect(parked?.record.value?.length).toBe(large.length + 5)
  expect(await announced(subject)).toMatchObject([{ reason: 'TOO_LARGE', value: null }])
})

test('a record that breaks a rule is found in its batch and parked, and the others are applied', async () => {
  const subject = await open()
  await subject.start({
    async apply(unit, deliveries) {
      await write(unit, deliveries)
      if (deliveries.some(({ stream }) => stream === 'poison')) throw new PoisonError('no such job')
    },
  })
  const streams = ['one', 'poison', 'two', 'three']
  await send(subject.messaging, ...streams.map((stream) => ({ stream, version: 1 })))
  await subject.clock.settle()
  expect((await subject.applied()).toSorted()).toEqual(['one@1', 'three@1', 'two@1'])
  expect(await quarantined(subject.database.reader)).toMatchObject([
    { reason: 'RULE_BROKEN', message: 'no such job', schemaId: executionId },
  ])
})

test('a planted inbox that skips poison in silence is caught', async () => {
  const subject = await open()
  const skipping: typeof schemas = {
    ...schemas,
    decode: (wire) => schemas.decode(wire).catch(() => ({ name: EXECUTION, value: execution })),
  }
  await subject.start({ schemas: skipping })
  await send(subject.messaging, { stream: 'poison', version: 1, value: good.subarray(0, -1) })
  expect(await subject.applied()).toEqual(['poison@1'])
  expect(await quarantined(subject.database.reader)).toEqual([])
})

test('poison that is delivered again is parked and told of once', async () => {
  const subject = await open()
  await subject.start()
  const poison = { stream: 'poison', version: 1, value: null }
  await send(subject.messaging, poison, poison)
  await subject.clock.settle()
  await send(subject.messaging, poison)
  await subject.clock.settle()
  expect((await quarantined(subject.database.reader)).length).toBe(1)
  expect((await announced(subject)).length).toBe(1)
})

test('a parked record that is put back is applied, and what waited for it follows', async () => {
  const subject = await open()
  let isRuleThere = true
  const options = {
    ...subject.options,
    apply: async (...[unit, deliveries]: Parameters<typeof write>) => {
      if (isRuleThere && deliveries.some(({ stream, version }) => stream === 's' && version === 1)) {
        throw new PoisonError('not yet')
      }
      await write(unit, deliveries)
    },
  }
  await subject.start(options)
  await send(subject.messaging, ...[1, 2, 3].map((version) => ({ stream: 's', version })))
  expect(await subject.applied()).toEqual([])
  const [parked] = await quarantined(subject.database.reader)
  const id = parked?.id ?? 0

  await expect(replayQuarantined(options, id)).rejects.toThrow(PoisonError)
  expect((await quarantined(subject.database.reader)).length).toBe(1)
  isRuleThere = false
  await replayQuarantined(options, id)
  await replayQuarantined(options, id)
  expect(await subject.applied()).toEqual(['s@1', 's@2', 's@3'])
  expect(await quarantined(subject.database.reader)).toEqual([])
})

test('a foreign record that is put back is applied once, though its partition has gone on', async () => {
  const subject = await open()
  let isRuleThere = true
  const options = {
    ...subject.options,
    apply: async (...[unit, deliveries]: Parameters<typeof write>) => {
      if (isRuleThere && deliveries.some(({ version }) => version === 2)) throw new PoisonError('not yet')
      await write(unit, deliveries)
    },
  }
  await subject.start(options)
  const foreign = { topic: 'execution-events', key: 'k', value: good, headers: {} }
  await subject.messaging.produce([foreign, foreign])
  expect((await subject.applied()).map((entry) => entry.split('@')[1])).toEqual(['3'])
  isRuleThere = false
  const [parked] = await quarantined(subject.database.reader)
  await replayQuarantined(options, parked?.id ?? 0)
  await subject.start({ ...options, fromBeginning: true })
  expect((await subject.applied()).map((entry) => entry.split('@')[1])).toEqual(['3', '2'])
})

test('a record that still cannot be read, or was never parked, is refused', async () => {
  const subject = await open()
  await subject.start()
  await send(subject.messaging, { stream: 's', version: 1, value: good.subarray(0, -1) })
  await subject.clock.settle()
  const [parked] = await quarantined(subject.database.reader)
  await expect(replayQuarantined(subject.options, parked?.id ?? 0)).rejects.toThrow('truncated')
  await expect(replayQuarantined(subject.options, 999)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
})

test('the topic is told in the end, though the process died between parking and telling', async () => {
  const subject = await open()
  let dies = true
  const database: typeof subject.database = {
    ...subject.database,
    unit: (keys, work) => {
      if (dies && keys[0] === 'quarantine:service') return Promise.reject(new Error('killed'))
      return subject.database.unit(keys, work)
    },
  }
  await subject.start({ database })
  await send(subject.messaging, { stream: 's', version: 1, value: null })
  await subject.clock.advance(1_000)
  expect((await quarantined(subject.database.reader)).length).toBe(1)
  expect(await announced(subject)).toEqual([])
  dies = false
  await subject.clock.advance(10_000)
  expect((await announced(subject)).length).toBe(1)
})
