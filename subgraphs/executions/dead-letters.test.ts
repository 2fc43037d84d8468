import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { topics } from '#avro'
import { movedClock } from '#platform/testing'
import { type MovedWorld, openWorld, requested } from './executions.fixture.ts'
import { ask, codeOf } from './replays.fixture.ts'

let world: MovedWorld

beforeEach(async () => {
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  world = { ...(await openWorld({ clock })), clock }
  await world.executions.start()
})

afterEach(() => world.close())

/** A request as its bytes. */
function framed(fields: Partial<ReturnType<typeof requested>> = {}): Buffer {
  const { schemas, clock } = world
  const schema = topics['job-execute'].schema
  return Buffer.from(schemas.frame(schemas.idOf(schema), schemas.encode(schema, requested(clock, fields))))
}

const KINDS = {
  NO_MAGIC_BYTE: () => Buffer.from('{"json":true}'),
  UNKNOWN_SCHEMA: () => Buffer.from(world.schemas.frame(7_777, framed().subarray(5))),
  UNDECODABLE: () => framed().subarray(0, -1),
  NULL_VALUE: () => null,
  RULE_BROKEN: () => framed({ params: '{broken', jobId: 'poor' }),
} as const
type Kind = keyof typeof KINDS

/** A poor record, and a good one of its stream behind it. */
async function park(...kinds: readonly Kind[]): Promise<void> {
  for (const kind of kinds) {
    const record = (version: number, value: Buffer | null) => ({
      topic: 'job-execute',
      key: kind,
      value,
      headers: { stream: `of ${kind}`, version: String(version), previous: String(version - 1), correlation: 'c' },
    })
    await world.messaging.produce([record(1, KINDS[kind]()), record(2, framed())])
    await world.clock.advance(200)
  }
}

const FIELDS = `id consumer topic partition offset key sizeBytes bytes json schemaId reason message quarantinedAt state pending note
  decidedBy decidedAt redrives`
const LIST = `query ($filter: DeadLetterFilter, $first: Int, $after: String) { deadLetters(filter: $filter, first: $first, after: $after) {
  totalCount edges { node { ${FIELDS} } } pageInfo { hasNextPage endCursor } } }`
const ONE = `query ($id: ID!) { deadLetter(id: $id) { ${FIELDS} } }`
const REDRIVE = `mutation ($id: ID!) { redriveDeadLetter(id: $id) { ${FIELDS} } }`
const DISCARD = `mutation ($id: ID!, $reason: String! = "no use") { discardDeadLetter(id: $id, reason: $reason) { ${FIELDS} } }`

type Letter = Readonly<Record<string, unknown>> & { readonly id: string }
interface Page {
  readonly totalCount: number
  readonly edges: readonly { readonly node: Letter }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
}

async function asOperator<Answer>(query: string, variables: object = {}): Promise<Answer> {
  const { data, errors } = await ask(world, 'operator', query, variables)
  expect(errors).toBeUndefined()
  return Object.values(data ?? {})[0] as Answer
}

const list = (variables: object = {}): Promise<Page> => asOperator<Page>(LIST, variables)
const letters = async (variables: object = {}): Promise<readonly Letter[]> =>
  (await list(variables)).edges.map(({ node }) => node)

test('all kinds are listed, the newest first, with their bytes and what can be read of them', async () => {
  const kinds = Object.keys(KINDS) as Kind[]
  await park(...kinds)
  const found = await letters()
  expect(found.map(({ reason }) => reason)).toEqual(kinds.toReversed())
  for (const letter of found) {
    expect(letter).toMatchObject({
      consumer: 'executions',
      topic: 'job-execute',
      key: letter['reason'],
      state: 'PARKED',
    })
    expect(letter).toMatchObject({ pending: null, redrives: 0, decidedBy: null, message: expect.stringMatching(/./) })
  }
  const of = (kind: Kind): Letter | undefined => found.find(({ reason }) => reason === kind)
  expect(Buffer.from(String(of('NO_MAGIC_BYTE')?.['bytes']), 'base64').toString()).toBe('{"json":true}')
  expect(of('NO_MAGIC_BYTE')).toMatchObject({ json: null, sizeBytes: 13, schemaId: null })
  expect(of('UNKNOWN_SCHEMA')).toMatchObject({ schemaId: 7_777, json: null })
  expect(of('NULL_VALUE')).toMatchObject({ bytes: null, sizeBytes: 0, json: null })
  expect(of('RULE_BROKEN')).toMatchObject({
    message: expect.stringContaining('not JSON'),
    json: { schema: 'carillon.scheduler.ExecutionRequested', value: { jobId: 'poor', params: '{broken' } },
  })
  const part = `query ($id: ID!, $offset: Int!, $length: Int!) { deadLetter(id: $id) { bytes(offset: $offset, length: $length) } }`
  const id = of('NO_MAGIC_BYTE')?.id
  const { bytes } = await asOperator<{ bytes: string }>(part, { id, offset: 2, length: 4 })
  expect(Buffer.from(bytes, 'base64').toString()).toBe('json')
  for (const [offset, length] of [
    [-1, 1],
    [0, 0],
    [0, 65_537],
  ]) {
    expect(codeOf(await ask(world, 'operator', part, { id, offset, length }))).toBe('BAD_USER_INPUT')
  }
})

test('the list is in pages, and chosen by consumer, topic, reason and state', async () => {
  await park('NULL_VALUE', 'UNDECODABLE', 'RULE_BROKEN')
  const seen: unknown[] = []
  for (let after: string | undefined, more = true; more; ) {
    const page: Page = await list({ first: 2, after })
    seen.push(...page.edges.map(({ node }) => node['reason']))
    after = page.pageInfo.endCursor
    more = page.pageInfo.hasNextPage
  }
  expect(seen).toEqual(['RULE_BROKEN', 'UNDECODABLE', 'NULL_VALUE'])
  const count = async (filter: object): Promise<number> => (await list({ filter })).totalCount
  expect(await count({ reason: 'UNDECODABLE' })).toBe(1)
  expect(await count({ consumer: 'executions', topic: 'job-execute', states: ['PARKED', 'DISCARDED'] })).toBe(3)
  for (const filter of [{ consumer: 'jobs' }, { topic: 'job-events' }, { states: ['REDRIVEN'] }, { states: [] }]) {
    expect(await count(filter)).toBe(0)
  }
})

describe.each(Object.keys(KINDS) as Kind[])('%s', (kind) => {
  test('that still cannot be taken says why, and is discarded for good', async () => {
    await park(kind)
    const [{ id } = { id: '' }] = await letters()
    expect(await asOperator(REDRIVE, { id })).toMatchObject({ state: 'PARKED', pending: 'REDRIVE' })
    await world.clock.advance(500)
    const tried = await asOperator<Letter>(ONE, { id })
    expect(tried).toMatchObject({ state: 'PARKED', pending: null, redrives: 1, decidedBy: 'user of operator' })
    expect(tried['note']).toEqual(expect.stringMatching(/./))
    for (const reason of ['', ' \n']) {
      expect(codeOf(await ask(world, 'operator', DISCARD, { id, reason }))).toBe('BAD_USER_INPUT')
    }
    expect(await asOperator(DISCARD, { id })).toMatchObject({ state: 'PARKED', pending: 'DISCARD' })
    expect(await asOperator(DISCARD, { id })).toMatchObject({ pending: 'DISCARD' })
    expect(codeOf(await ask(world, 'operator', REDRIVE, { id }))).toBe('DEAD_LETTER_DECIDED')
    await world.clock.advance(500)
    const last = { state: 'DISCARDED', pending: null, note: 'no use' }
    expect(await asOperator(ONE, { id })).toMatchObject(last)
    expect(await asOperator(DISCARD, { id })).toMatchObject(last)
    expect(codeOf(await ask(world, 'operator', REDRIVE, { id }))).toBe('DEAD_LETTER_DECIDED')
    // What waited behind it was taken, once.
    expect(await world.database.reader.all('select id from executions')).toHaveLength(1)
  })
})

test('what can be taken meanwhile is taken once, and says so', async () => {
  await park('RULE_BROKEN')
  const [{ id } = { id: '' }] = await letters()
  const good = framed()
  await world.database.unit([], (unit) => unit.run('update quarantine set value = ?', [good]))
  await asOperator(REDRIVE, { id })
  await asOperator(REDRIVE, { id })
  await world.clock.advance(500)
  expect(await asOperator(ONE, { id })).toMatchObject({ state: 'REDRIVEN', pending: null, redrives: 1 })
  expect(await asOperator(REDRIVE, { id })).toMatchObject({ state: 'REDRIVEN' })
  await world.clock.advance(500)
  expect(await world.database.reader.all('select id from executions')).toHaveLength(2)
  expect(codeOf(await ask(world, 'operator', DISCARD, { id }))).toBe('DEAD_LETTER_DECIDED')
})

test('a record of the topic itself that cannot be read is parked like any other', async () => {
  await world.messaging.produce([{ topic: 'quarantine', key: 'k', value: Buffer.from('?'), headers: {} }])
  await world.clock.advance(500)
  expect(await letters()).toMatchObject([{ consumer: 'dead-letters', topic: 'quarantine', reason: 'NO_MAGIC_BYTE' }])
})

test('they are for operators alone, whose workspaces they may not be', async () => {
  await park('RULE_BROKEN')
  const [{ id } = { id: '' }] = await letters()
  for (const query of [LIST, ONE, REDRIVE, DISCARD]) {
    const theirs = await ask(world, 'workspace', query, { id })
    expect(codeOf(theirs)).toBe('FORBIDDEN')
    // The same words for one that is not there.
    expect(JSON.stringify(theirs)).toBe(JSON.stringify(await ask(world, 'workspace', query, { id: 'executions.99' })))
    for (const token of [undefined, 'forged'])
      expect(codeOf(await ask(world, token, query, { id }))).toBe('UNAUTHENTICATED')
  }
  const { operate } = world.executions.commands
  const asked = { kind: 'decide', id, decision: 'DISCARD', reason: '' } as const
  const caller = { userId: 'u', username: 'u', sessionId: 's', workspaceIds: ['workspace'], expiresAt: new Date(0) }
  await expect(operate({ ...asked, caller })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(await asOperator(ONE, { id: 'executions.99' })).toBeNull()
  for (const query of [REDRIVE, DISCARD]) {
    expect(codeOf(await ask(world, 'operator', query, { id: 'executions.99' }))).toBe('DEAD_LETTER_NOT_FOUND')
  }
  expect(await letters()).toMatchObject([{ state: 'PARKED', pending: null }])
})
