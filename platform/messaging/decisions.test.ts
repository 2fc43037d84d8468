import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RecordQuarantined } from '#avro'
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
import { quarantined } from './inbox/quarantine.ts'

const DECIDED = 'carillon.platform.QuarantineDecided'
const decidedId = await schemas.register(DECIDED)
const good = schemas.frame(executionId, schemas.encode(EXECUTION, execution))
const MEBIBYTE = 1024 * 1024

let subject: Subject
/** Every state of every record, as the topic `quarantine` was told. */
let told: RecordQuarantined[]

beforeEach(async () => {
  subject = await openSubject()
  told = []
  await subject.messaging.consume({
    group: 'watcher',
    topics: ['quarantine'],
    async handle(batch) {
      for (const { value } of batch)
        told.push((await schemas.decode(value ?? Buffer.alloc(0))).value as RecordQuarantined)
    },
  })
})

afterEach(() => subject.close())

/** An operator decides, `times` over: the topic repeats itself. */
async function decide(
  decision: 'REDRIVE' | 'DISCARD',
  { consumer = 'service', quarantineId = 1, times = 1 } = {},
): Promise<void> {
  const fields = { consumer, quarantineId, decision, reason: 'said so', decidedBy: 'op', decidedAt: new Date(0) }
  const value = schemas.frame(decidedId, schemas.encode(DECIDED, fields))
  const record = { topic: 'quarantine-decisions', key: 'k', value, headers: {} }
  await subject.messaging.produce(Array.from({ length: times }, () => record))
  await subject.clock.settle()
}

/** A record that no producer of ours would send: it is over the limit of its topic. */
async function sendLarge(): Promise<void> {
  const body = schemas.encode(EXECUTION, { ...execution, errorCode: 'x'.repeat(MEBIBYTE) })
  const headers = { stream: 'poison', version: '1', previous: '0', correlation: 'c' }
  const place = { topic: 'execution-events', partition: 0, key: 'poison', schema: EXECUTION }
  const row = { ...place, position: 1, body, headers, recordedAt: new Date(0) }
  await subject.messaging.carry({
    ...openOutbox(subject.database, ['execution-events']),
    name: 'careless',
    read: async (_topic, partition, after) => (partition === 0 && after === 0 ? [row] : []),
    heads: async () => [{ topic: 'execution-events', partition: 0, position: 1 }],
    headsAfter: async () => [],
    count: async () => 1,
    onCommit: () => () => undefined,
  })
  await subject.clock.settle()
}

const broken = async (): Promise<never> => {
  throw new PoisonError('not yet')
}

describe.each([
  ['NO_MAGIC_BYTE', Buffer.from('{"json":true}')],
  ['UNKNOWN_SCHEMA', schemas.frame(7, good.subarray(5))],
  ['UNDECODABLE', good.subarray(0, -1)],
  ['NULL_VALUE', null],
  ['RULE_BROKEN', good],
  ['TOO_LARGE', 'large'],
] as const)('%s', (reason, value) => {
  test('that cannot be taken stays parked with the reason; discarded, what waits behind it goes on', async () => {
    await subject.start(
      reason === 'RULE_BROKEN'
        ? { apply: (unit, all) => (all.some(({ version }) => version === 1) ? broken() : write(unit, all)) }
        : {},
    )
    if (value === 'large') await sendLarge()
    else await send(subject.messaging, { stream: 'poison', version: 1, value })
    await send(subject.messaging, ...[2, 3].map((version) => ({ stream: 'poison', version })))
    expect(await subject.applied()).toEqual([])

    await decide('REDRIVE')
    expect(await quarantined(subject.database.reader)).toMatchObject([{ reason }])
    expect(told.at(-1)).toMatchObject({
      state: 'PARKED',
      redrives: 1,
      decidedBy: 'op',
      note: expect.stringMatching(/./),
    })

    await decide('DISCARD', { times: 2 })
    expect(await subject.applied()).toEqual(['poison@2', 'poison@3'])
    expect(await quarantined(subject.database.reader)).toEqual([])
    const last = { state: 'DISCARDED', reason, note: 'said so', quarantineId: 1, key: 'poison' }
    expect(told.at(-1)).toMatchObject(last)
    // What is given up stays so.
    await decide('REDRIVE')
    expect(await subject.applied()).toEqual(['poison@2', 'poison@3'])
    expect(told.at(-1)).toMatchObject(last)
  })
})

test.each([
  ['a rule that held', 'RULE_BROKEN'],
  ['a schema that was not known', 'UNKNOWN_SCHEMA'],
])('%s no more: the record is taken exactly once, and what waited for it follows', async (_what, reason) => {
  let isHealed = false
  const wire = schemas.frame(7, good.subarray(5))
  await subject.start({
    schemas: {
      ...schemas,
      decode: (bytes) => schemas.decode(isHealed && Buffer.compare(bytes, wire) === 0 ? good : bytes),
    },
    apply: (unit, all) => (!isHealed && all.some(({ version }) => version === 1) ? broken() : write(unit, all)),
  })
  const value = reason === 'UNKNOWN_SCHEMA' ? wire : good
  await send(subject.messaging, { stream: 's', version: 1, value }, { stream: 's', version: 2 })
  await subject.clock.settle()
  expect(told).toMatchObject([{ state: 'PARKED', reason, sizeBytes: value.length, note: '', redrives: 0 }])
  isHealed = true
  await decide('REDRIVE', { times: 3 })
  await decide('REDRIVE')
  expect(await subject.applied()).toEqual(['s@1', 's@2'])
  expect(told.at(-1)).toMatchObject({ state: 'REDRIVEN', redrives: 1, decidedBy: 'op' })
  await decide('DISCARD')
  expect(told.at(-1)).toMatchObject({ state: 'REDRIVEN', redrives: 1 })
})

test("another consumer's record is let alone, and so is one that is not there", async () => {
  await subject.start()
  await send(subject.messaging, { stream: 's', version: 1, value: null })
  await decide('DISCARD', { consumer: 'other' })
  await decide('DISCARD', { quarantineId: 99 })
  expect(await quarantined(subject.database.reader)).toHaveLength(1)
  await send(subject.messaging, { stream: 't', version: 1 })
  expect(await subject.applied()).toEqual(['t@1'])
})

test('a decision that cannot be read is passed over, and those after it are carried out', async () => {
  await subject.start()
  await send(subject.messaging, { stream: 's', version: 1, value: null }, { stream: 's', version: 2 })
  for (const value of [null, Buffer.from('{}'), good]) {
    await subject.messaging.produce([{ topic: 'quarantine-decisions', key: 'k', value, headers: {} }])
  }
  await decide('DISCARD')
  expect(await subject.applied()).toEqual(['s@2'])
})

test('of two in a row the earlier one is decided on first', async () => {
  await subject.start()
  await send(subject.messaging, ...[1, 2].map((version) => ({ stream: 's', version, value: null })), {
    stream: 's',
    version: 3,
  })
  await decide('DISCARD', { quarantineId: 2 })
  expect(told.at(-1)).toMatchObject({ quarantineId: 2, state: 'PARKED', note: expect.stringContaining('missing') })
  await decide('DISCARD', { quarantineId: 1 })
  await decide('DISCARD', { quarantineId: 2 })
  expect(await subject.applied()).toEqual(['s@3'])
})

test('a foreign record is discarded, though its partition has gone on without it', async () => {
  await subject.start()
  const foreign = { topic: 'execution-events', key: 'k', headers: {} }
  await subject.messaging.produce([
    { ...foreign, value: null },
    { ...foreign, value: good },
  ])
  expect(await subject.applied()).toHaveLength(1)
  await decide('DISCARD')
  expect(told.at(-1)).toMatchObject({ state: 'DISCARDED' })
  expect(await subject.applied()).toHaveLength(1)
})

test('what a temporary consumer parks is told to nobody', async () => {
  await subject.start({ isTemporary: true })
  await send(subject.messaging, { stream: 's', version: 1, value: null })
  await decide('DISCARD')
  expect(await quarantined(subject.database.reader)).toHaveLength(1)
  expect(told).toEqual([])
})
