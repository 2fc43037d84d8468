import { ApolloArmor } from '@escape.tech/graphql-armor'
import { buildSchema, parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIMITS } from './graph/limits.ts'
import { openWorld, type World } from './testing/world.ts'

let world: World
let token: string
beforeAll(async () => {
  world = await openWorld()
  token = world.identity.issue('alice')
})
afterAll(() => world.close())

const requests = (): number => world.auth.seen.requests + world.jobs.seen.requests + world.executions.seen.requests

/** The refusal of an operation, which must come at once and without a word to a subgraph. */
async function refusal(query: string, variables: object = {}): Promise<{ status: number; message: string }> {
  const before = requests()
  const startedAt = performance.now()
  const { status, body } = await world.post(query, variables, token)
  expect(performance.now() - startedAt).toBeLessThan(500)
  expect(requests()).toBe(before)
  expect(body.data).toBeUndefined()
  return { status, message: body.errors?.[0]?.message ?? '' }
}

/** `job { lastExecution { job { … } } }`, so many levels deep. */
function nested(levels: number): string {
  const fields = Array.from({ length: levels }, (_, level) => (level % 2 ? 'job' : 'lastExecution'))
  return `{ job(id: "j1") { ${fields.map((field) => `${field} { `).join('')} id ${'}'.repeat(levels)} } }`
}

describe('an operation is refused before it is planned', () => {
  test('by its depth', async () => {
    expect((await world.post(nested(LIMITS.depthMax - 2), {}, token)).body.data).toBeTruthy()
    expect(await refusal(nested(LIMITS.depthMax - 1))).toMatchObject({ status: 400, message: /depth limit/ })
    expect((await refusal(nested(500))).status).toBe(400)
  })

  test('by its aliases, which would be so many attempts to log in', async () => {
    const aliased = (count: number): string =>
      `mutation { ${Array.from({ length: count }, (_, index) => `a${index}: touch`).join(' ')} }`
    expect((await world.post(aliased(LIMITS.aliasesMax), {}, token)).body.errors).toBeUndefined()
    expect(await refusal(aliased(LIMITS.aliasesMax + 1))).toMatchObject({ status: 400, message: /Aliases limit/ })
    expect((await refusal(aliased(10_000))).status).toBe(400)
  })

  test('by its tokens, with 400 and not 500', async () => {
    const query = `{ me { ${'id '.repeat(LIMITS.tokensMax)} } }`
    expect(await refusal(query)).toMatchObject({ status: 400, message: /tokens/ })
  })

  test('by fragments that go round in a circle, or that multiply', async () => {
    const circle = '{ jobs { ...A } } fragment A on Job { id ...B } fragment B on Job { id ...A }'
    expect(await refusal(circle)).toMatchObject({ status: 400, message: /Cannot spread fragment/ })
    const names = [...'ABCDEFG']
    const bomb = names.map((name, index) => {
      const spread = names[index + 1] === undefined ? 'id' : `...${names[index + 1]} `
      const fields = Array.from({ length: 2 }, (_, field) => `${name}${field}: lastExecution { job { ${spread} } }`)
      return `fragment ${name} on Job { ${fields.join(' ')} ... on Job { ${spread} } ... on Job { x: id ${spread} } }`
    })
    expect((await refusal(`{ jobs { ...A } } ${bomb.join(' ')}`)).status).toBe(400)
  })

  test('by its cost, whether the size of its lists is written, sent as a variable or left to the schema', async () => {
    const fields = 'id name status priority owner { id username }'
    const costly = /cost/
    expect(await refusal(`{ jobs(first: 100000) { ${fields} } }`)).toMatchObject({ status: 400, message: costly })
    const sent = `query ($first: Int) { jobs(first: $first) { ${fields} } }`
    expect(await refusal(sent, { first: 100_000 })).toMatchObject({ status: 400, message: costly })
    expect((await world.post(sent, { first: 5 }, token)).body.errors).toBeUndefined()
    // The same document with another variable is counted again.
    expect(await refusal(sent, { first: 100_001 })).toMatchObject({ status: 400, message: costly })
    const inFragment = `query ($first: Int) { ...F } fragment F on Query { jobs(first: $first) { ${fields} } }`
    expect(await refusal(inFragment, { first: 100_000 })).toMatchObject({ status: 400, message: costly })
  })

  // Planted: the rule that counts what is written. The same operation with a variable passes it.
  test('by a cost that literals alone do not show', () => {
    const { validationRules } = new ApolloArmor({ costLimit: { maxCost: LIMITS.costMax } }).protect()
    const schema = buildSchema('type Query { jobs(first: Int = 50): [Job] } type Job { id: ID name: String }')
    const errorsOf = (query: string) => validate(schema, parse(query), [...validationRules])
    expect(errorsOf('{ jobs(first: 100000) { id name } }')).toHaveLength(1)
    expect(errorsOf('query ($first: Int) { jobs(first: $first) { id name } }')).toEqual([])
  })

  test('in a batch', async () => {
    const headers = { 'content-type': 'application/json' }
    const { status } = await world.http('/graphql', { method: 'POST', headers, body: '[{"query":"{__typename}"}]' })
    expect(status).toBe(400)
  })

  test('over a WebSocket as well', async () => {
    const client = world.ws(token)
    const deep = nested(30).replace('{ job(id: "j1") {', 'subscription { jobStatusChanged(jobId: "j1") { job {')
    await expect(client.iterate({ query: `${deep} }` }).next()).rejects.toEqual([
      expect.objectContaining({ message: expect.stringMatching(/depth limit/) }),
    ])
    await client.dispose()
  })
})

test('10,000 inputs as a variable pass: what is limited is the document', async () => {
  const inputs = Array.from({ length: 10_000 }, (_, priority) => ({ name: `job ${priority}`, priority }))
  const query = 'mutation ($inputs: [JobInput!]!) { createJobs(inputs: $inputs) { id } }'
  const { status, body } = await world.post(query, { inputs }, token)
  expect(status).toBe(200)
  expect(body.data?.createJobs).toHaveLength(10_000)
})

test('a body of 16 MiB is the largest; beyond it is refused with 413, announced or not', async () => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const largest = JSON.stringify({ query: '{ __typename }' }).padEnd(16 * 1024 * 1024)
  expect((await world.http('/graphql', { ...init, body: largest })).status).toBe(200)
  expect((await world.http('/graphql', { ...init, body: `${largest} ` })).status).toBe(413)
  const chunks = [largest, largest].map((chunk) => new TextEncoder().encode(chunk)).values()
  const body = ReadableStream.from(chunks)
  const streamed = await world.http('/graphql', { ...init, body, duplex: 'half' } as RequestInit)
  expect(streamed.status).toBe(413)
  expect(streamed.body.errors?.[0]?.extensions?.code).toBe('BODY_TOO_LARGE')
})
