import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callerNamed, type JobsStage, openStage, Refused } from './jobs.fixture.ts'
import { createJob, type Job } from './main.ts'

let stage: JobsStage
let job: Job

beforeEach(async () => {
  stage = await openStage()
  job = await createJob(stage.jobs.parts, callerNamed('alice'), { jobType: 'ECHO', schedule: '@hourly', name: 'mine' })
})

afterEach(() => stage.close())

const ENTITIES = `query ($id: ID!) { _entities(representations: [{ __typename: "Job", id: $id }]) {
  ... on Job { name params state version nextFireTimes status { phase version } owner { id } } } }`
const QUERIES = {
  job: 'query ($id: ID!) { job(id: $id) { name status { phase } } }',
  _entities:
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Job { name status { phase } } } }',
}
const MUTATIONS = {
  updateJob: 'mutation ($id: ID!) { updateJob(id: $id, input: { name: "yours" }) { name } }',
  'updateJob with a version':
    'mutation ($id: ID!) { updateJob(id: $id, input: { name: "yours" }, expectedVersion: 9) { name } }',
  'updateJob with bad params': 'mutation ($id: ID!) { updateJob(id: $id, input: { name: "", params: {} }) { name } }',
  pauseJob: 'mutation ($id: ID!) { pauseJob(id: $id) { name } }',
  resumeJob: 'mutation ($id: ID!) { resumeJob(id: $id) { name } }',
  archiveJob: 'mutation ($id: ID!) { archiveJob(id: $id) { name } }',
  triggerJob: 'mutation ($id: ID!) { triggerJob(id: $id) { executionId } }',
  'triggerJob with a key': 'mutation ($id: ID!) { triggerJob(id: $id, idempotencyKey: "k") { executionId } }',
}
const SUBSCRIPTION = 'subscription ($id: ID!) { jobStatusChanged(jobId: $id) { version } }'
const WITHOUT_ID = {
  jobs: '{ jobs { totalCount } }',
  jobTypes: '{ jobTypes { name } }',
  createJob: 'mutation { createJob(input: { jobType: "ECHO", schedule: "@now" }) { id } }',
  createJobs: 'mutation { createJobs(inputs: [{ jobType: "ECHO", schedule: "@now" }]) { id } }',
}

/** The answer as the caller sees it, with the id taken out: two ids must not be told apart. */
async function answerTo(query: string, id: string, token: string): Promise<unknown> {
  const representations = [{ __typename: 'Job', id }]
  const { data, errors } = await stage.jobs.subgraph.execute({ query, variables: { id, representations } }, { token })
  return JSON.parse(JSON.stringify({ data, errors }).replaceAll(id, '<id>'))
}

describe("another's job looks like a missing one", () => {
  test.each(Object.entries({ ...QUERIES, ...MUTATIONS }))('in %s', async (_name, query) => {
    const anothers = await answerTo(query, job.id, 'bob')
    expect(anothers).toEqual(await answerTo(query, stage.clock.newId(), 'bob'))
    expect(JSON.stringify(anothers)).not.toContain('mine')
    expect(await answerTo('query ($id: ID!) { job(id: $id) { name version } }', job.id, 'alice')).toEqual({
      data: { job: { name: 'mine', version: 1 } },
    })
  })

  // The planted mutant: somebody whom the checks let through must not look like somebody whom they stop.
  test.each(Object.entries({ ...QUERIES, ...MUTATIONS }))('or the check of %s would notice', async (_name, query) => {
    const seen = await answerTo(query, job.id, 'bob in alice')
    expect(seen).not.toEqual(await answerTo(query, stage.clock.newId(), 'bob in alice'))
  })

  test.each(Object.entries(MUTATIONS))('%s says JOB_NOT_FOUND', async (_name, query) => {
    await expect(stage.ask(query, { id: job.id }, 'bob')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })

  test.each(Object.entries(QUERIES))('%s says null', async (_name, query) => {
    const representations = [{ __typename: 'Job', id: job.id }]
    const answer = await stage.ask<unknown>(query, { id: job.id, representations }, 'bob')
    expect([answer].flat()).toEqual([null])
    const own = await stage.ask<unknown>(query, { id: job.id, representations }, 'alice')
    expect([own].flat()).toEqual([{ name: 'mine', status: { phase: 'WAITING' } }])
  })

  test('in the subscription', async () => {
    const anothers = await stage.watch(SUBSCRIPTION, { id: job.id }, 'bob')
    expect(anothers).toMatchObject({ errors: [{ extensions: { code: 'JOB_NOT_FOUND' } }] })
    expect(anothers).toEqual(await stage.watch(SUBSCRIPTION, { id: stage.clock.newId() }, 'bob'))
  })

  test('in lists', async () => {
    const list = '{ jobs { totalCount edges { node { name } } } }'
    expect(await stage.ask(list, {}, 'bob')).toEqual({ totalCount: 0, edges: [] })
    const filtered =
      '{ jobs(filter: { nameContains: "MIN", states: [ACTIVE] }) { totalCount edges { node { name } } } }'
    expect(await stage.ask(filtered, {}, 'bob')).toEqual({ totalCount: 0, edges: [] })
    expect(await stage.ask(filtered)).toEqual({ totalCount: 1, edges: [{ node: { name: 'mine' } }] })
  })
})

describe('without a good token', () => {
  const everything = { ...QUERIES, ...MUTATIONS, ...WITHOUT_ID, allEntities: ENTITIES }

  test.each(Object.entries(everything))('%s is refused', async (_name, query) => {
    const variables = { id: job.id, representations: [{ __typename: 'Job', id: job.id }] }
    for (const token of ['', 'forged']) {
      await expect(stage.ask(query, variables, token)).rejects.toSatisfy(
        (error) => error instanceof Refused && error.code === 'UNAUTHENTICATED',
      )
    }
  })

  test('the subscription is refused', async () => {
    for (const token of ['', 'forged']) {
      expect(await stage.watch(SUBSCRIPTION, { id: job.id }, token)).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      })
    }
  })
})

test('every root field is in one of the lists above', () => {
  const { typeDefs } = stage.jobs.subgraph
  const fields = [...typeDefs.matchAll(/^type (?:Query|Mutation|Subscription) \{([\s\S]*?)^\}/gm)].flatMap(
    ([, body = '']) => [...body.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name),
  )
  const tried = [...Object.values({ ...QUERIES, ...MUTATIONS, ...WITHOUT_ID }), SUBSCRIPTION].join(' ')
  expect(fields).toHaveLength(11)
  for (const field of fields) expect(tried).toMatch(new RegExp(`\\b${field}\\b`))
})
