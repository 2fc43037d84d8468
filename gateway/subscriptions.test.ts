import type { Client } from 'graphql-ws/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from './testing/until.ts'
import { type GraphqlBody, openWorld, type TestError, type World } from './testing/world.ts'

let world: World
let token: string
beforeAll(async () => {
  world = await openWorld()
  token = world.identity.issue('alice')
})
afterAll(() => world.close())

/** Results in a form in which those of a subscription and of a query may be compared. */
function comparable({ data, errors, extensions }: GraphqlBody): object {
  const shown = errors?.map(({ message, path, extensions: { code, serviceName } = {} }: TestError) =>
    JSON.stringify({ message, path, code, serviceName }),
  )
  return { data, extensions, errors: shown?.sort() }
}

/** The first event of a subscription, after the world was made to send one. */
async function firstEvent(query: string, variables: Record<string, unknown>, act: () => unknown): Promise<GraphqlBody> {
  const client: Client = world.ws(token)
  const results = client.iterate({ query, variables })
  const first = results.next()
  await Promise.race([first, until(() => expect(world.jobs.seen.streams).toBe(1))])
  act()
  const { value } = await first
  await results.return?.()
  await client.dispose()
  await until(() => expect(world.jobs.seen.streams).toBe(0))
  return value as GraphqlBody
}

describe('an event of a subscription equals the same selection as a query', () => {
  let turn = 0
  const setStatus = (jobId: string): unknown => world.jobs.setStatus(jobId, turn++ % 2 ? 'RUNNING' : 'DONE')
  interface Case {
    selection: string
    variables?: Record<string, unknown>
    definitions?: string
    fragments?: string
    jobId?: string
  }
  const conditions = { yes: true, no: false }
  const conditionTypes = '$yes: Boolean!, $no: Boolean!'
  const cases: Record<string, Case> = {
    'one subgraph': { selection: '{ seq from to }' },
    'three subgraphs': {
      selection: '{ seq job { id status owner { username role } lastExecution { id logs { at text } } } }',
    },
    'aliases, the same field twice': {
      selection: `{ a: seq b: seq j: job { x: id o1: owner { n: username } o2: owner { username }
        e: lastExecution { l1: logs(last: 1) { t: text } l2: logs(last: 2, level: "ERROR") { text level } } } }`,
    },
    'named and inline fragments': {
      selection: '{ ...E ... on JobStatusChanged { to job { ...J } } }',
      fragments: `fragment E on JobStatusChanged { seq job { name } }
        fragment J on Job { owner { ...U } lastExecution { id } } fragment U on User { id username }`,
    },
    'variables that only entity fetches use': {
      selection: '{ job { lastExecution { logs(last: $last, level: $level) { at level } } } }',
      variables: { last: 2, level: 'INFO' },
      definitions: '$last: Int, $level: String',
    },
    'defaults of variables': {
      selection: '{ job { lastExecution { logs(last: $last) { at } } } }',
      definitions: '$last: Int = 1',
    },
    'include and skip, off': {
      selection:
        '{ seq @skip(if: $no) job { id owner @include(if: $no) { username } lastExecution @skip(if: $yes) { id } } }',
      variables: conditions,
      definitions: conditionTypes,
    },
    'include and skip, on': {
      selection: `{ seq job { id owner @include(if: $yes) { username @skip(if: $no) }
        lastExecution @include(if: $yes) { id } } }`,
      variables: conditions,
      definitions: conditionTypes,
    },
    '__typename everywhere': {
      selection: `{ __typename t: __typename job { __typename owner { __typename username }
        lastExecution { __typename logs(last: 1) { __typename text } } } }`,
    },
    '@requires across subgraphs': { selection: '{ job { estimate } }' },
    'a way back into the first subgraph': {
      selection: '{ job { lastExecution { job { name owner { username } lastExecution { id } } } } }',
    },
    'an entity that is null': { selection: '{ job { id lastExecution { id } } }', jobId: 'j3' },
    'an error in a nullable field': { selection: '{ job { id owner { username nickname } } }', jobId: 'j2' },
    'an error that bubbles': { selection: '{ job { id owner { username badge } } }', jobId: 'j2' },
    'errors in a list with a missing entity': { selection: '{ job { id watchers { username badge nickname } } }' },
  }
  for (const [name, { selection, variables = {}, definitions = '', fragments = '', jobId = 'j1' }] of Object.entries(
    cases,
  )) {
    test(name, async () => {
      const sent = { id: jobId, ...variables }
      const rest = `${selection} } ${fragments}`
      const opened = `subscription S($id: ID!, ${definitions}) { ev: jobStatusChanged(jobId: $id) ${rest}`
      const event = await firstEvent(opened, sent, () => setStatus(jobId))
      const mirror = `query S($id: ID!, ${definitions}) { ev: lastEvent(jobId: $id) ${rest}`
      const { body } = await world.post(mirror, sent, token)
      expect(body.data).toBeTruthy()
      expect(comparable(event)).toEqual(comparable(body))
    })
  }

  const activities: Record<string, () => void> = {
    'an interface, its first type': () => world.jobs.act({ actor: { id: 'u1' }, job: world.jobs.jobs[0] }),
    'an interface, its second type': () => world.jobs.act({ actor: { id: 'u2' }, text: 'hi' }),
  }
  for (const [name, act] of Object.entries(activities)) {
    test(name, async () => {
      const selection = `{ __typename seq actor { username }
        ... on JobActivity { job { lastExecution { id } owner { nickname } } }
        ... on NoteActivity { text actor { nickname } } }`
      const event = await firstEvent(`subscription { ev: activity ${selection} }`, {}, act)
      const { body } = await world.post(`{ ev: lastActivity ${selection} }`, {}, token)
      expect(body.data?.ev).toBeTruthy()
      expect(comparable(event)).toEqual(comparable(body))
    })
  }

  test('each event shows the state of its own moment, however quickly the next one follows', async () => {
    const client = world.ws(token)
    const query = 'subscription { jobStatusChanged(jobId: "j9") { to job { status owner { username } } } }'
    const results = client.iterate<{ jobStatusChanged: { to: string; job: { status: string } } }>({ query })
    const first = results.next()
    await until(() => expect(world.jobs.seen.streams).toBe(1))
    world.jobs.setStatus('j9', 'RUNNING')
    world.jobs.setStatus('j9', 'DONE')
    const seen = [(await first).value, (await results.next()).value]
    expect(seen.map((result) => result?.data?.jobStatusChanged.to)).toEqual(['RUNNING', 'DONE'])
    expect(seen.map((result) => result?.data?.jobStatusChanged.job.status)).toEqual(['RUNNING', 'DONE'])
    await client.dispose()
    await until(() => expect(world.jobs.seen.streams).toBe(0))
  })
})
