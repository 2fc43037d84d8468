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
  'job as of': 'query ($id: ID!) { job(id: $id, asOf: "2100-01-01T00:00:00Z") { name status { phase } } }',
  _entities:
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Job { name status { phase } } } }',
}
/** What the ledger says of a job: a part of it. */
const OF_JOB = {
  occurrences: 'query ($id: ID!) { job(id: $id) { occurrences { totalCount edges { node { outcome } } } } }',
  explain: 'query ($id: ID!) { job(id: $id) { explain(at: "2020-01-01T00:00") { verdict message } } }',
  backfills: 'query ($id: ID!) { job(id: $id) { backfills { edges { cursor } } } }',
}
const PAST = 'from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z"'
const MUTATIONS = {
  updateJob: 'mutation ($id: ID!) { updateJob(id: $id, input: { name: "yours" }) { name } }',
  'updateJob with a version':
    'mutation ($id: ID!) { updateJob(id: $id, input: { name: "yours" }, expectedVersion: 9) { name } }',
  'updateJob with bad params': 'mutation ($id: ID!) { updateJob(id: $id, input: { name: "", params: {} }) { name } }',
  pauseJob: 'mutation ($id: ID!) { pauseJob(id: $id) { name } }',
  'pauseJob with a bad note': 'mutation ($id: ID!) { pauseJob(id: $id, note: "'.concat(
    'x'.repeat(501),
    '") { name } }',
  ),
  resumeJob: 'mutation ($id: ID!) { resumeJob(id: $id) { name } }',
  'resumeJob with a backfill': 'mutation ($id: ID!) { resumeJob(id: $id, catchUp: true) { name } }',
  archiveJob: 'mutation ($id: ID!) { archiveJob(id: $id) { name } }',
  backfill: `mutation ($id: ID!) { backfill(jobId: $id, ${PAST}) { state } }`,
  'backfill as a dry run': `mutation ($id: ID!) { backfill(jobId: $id, ${PAST}, dryRun: true) { state } }`,
  'backfill of nothing':
    'mutation ($id: ID!) { backfill(jobId: $id, from: "2020-01-01T00:00:00Z", to: "2019-01-01T00:00:00Z") { state } }',
  triggerJob: 'mutation ($id: ID!) { triggerJob(id: $id) { executionId } }',
  'triggerJob with a key': 'mutation ($id: ID!) { triggerJob(id: $id, idempotencyKey: "k") { executionId } }',
}
const SUBSCRIPTIONS = {
  jobStatusChanged: 'subscription ($id: ID!) { jobStatusChanged(jobId: $id) { version } }',
  jobMissed: 'subscription ($id: ID!) { jobMissed(jobId: $id) { kind } }',
}
const WITHOUT_ID = {
  jobs: '{ jobs { totalCount } }',
  jobTypes: '{ jobTypes { name } }',
  calendar: '{ calendar(name: "bank") { version } }',
  calendars: '{ calendars { edges { node { name } } } }',
  setCalendar: 'mutation { setCalendar(input: { name: "bank" }) { version } }',
  deleteCalendar: 'mutation { deleteCalendar(name: "bank") }',
  createJob: 'mutation { createJob(input: { jobType: "ECHO", schedule: "@now" }) { id } }',
  pauseJobs: 'mutation { pauseJobs(filter: {}) { changed } }',
  resumeJobs: 'mutation { resumeJobs(filter: {}) { changed } }',
  occurrenceLedger: '{ occurrenceLedger { totalCount } }',
  simulateSchedule: `{ simulateSchedule(input: { schedule: "@daily" }, ${PAST}) { isTruncated } }`,
  cancelBackfill: 'mutation { cancelBackfill(id: "none") { id } }',
  createJobs: 'mutation { createJobs(inputs: [{ jobType: "ECHO", schedule: "@now" }]) { id } }',
}

/** The answer as the caller sees it, with the id taken out: two ids must not be told apart. */
async function answerTo(query: string, id: string, token: string): Promise<unknown> {
  const representations = [{ __typename: 'Job', id }]
  const { data, errors } = await stage.jobs.subgraph.execute({ query, variables: { id, representations } }, { token })
  return JSON.parse(JSON.stringify({ data, errors }).replaceAll(id, '<id>'))
}

describe("another's job looks like a missing one", () => {
  test.each(Object.entries({ ...QUERIES, ...OF_JOB, ...MUTATIONS }))('in %s', async (_name, query) => {
    const anothers = await answerTo(query, job.id, 'bob')
    expect(anothers).toEqual(await answerTo(query, stage.clock.newId(), 'bob'))
    expect(JSON.stringify(anothers)).not.toContain('mine')
    expect(await answerTo('query ($id: ID!) { job(id: $id) { name version } }', job.id, 'alice')).toEqual({
      data: { job: { name: 'mine', version: 1 } },
    })
  })

  // The planted mutant: somebody whom the checks let through must not look like somebody whom they stop.
  test.each(Object.entries({ ...QUERIES, ...OF_JOB, ...MUTATIONS }))(
    'or the check of %s would notice',
    async (_name, query) => {
      const seen = await answerTo(query, job.id, 'bob in alice')
      expect(seen).not.toEqual(await answerTo(query, stage.clock.newId(), 'bob in alice'))
    },
  )

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

  test.each(Object.entries(SUBSCRIPTIONS))('in the subscription %s', async (_name, subscription) => {
    const anothers = await stage.watch(subscription, { id: job.id }, 'bob')
    expect(anothers).toMatchObject({ errors: [{ extensions: { code: 'JOB_NOT_FOUND' } }] })
    expect(anothers).toEqual(await stage.watch(subscription, { id: stage.clock.newId() }, 'bob'))
  })

  test('so does its backfill', async () => {
    const { id } = await stage.ask<{ id: string }>(`mutation ($id: ID!) { backfill(jobId: $id, ${PAST}) { id } }`, {
      id: job.id,
    })
    const cancel = 'mutation ($id: ID!) { cancelBackfill(id: $id) { state } }'
    expect(await answerTo(cancel, id, 'bob')).toEqual(await answerTo(cancel, stage.clock.newId(), 'bob'))
    await expect(stage.ask(cancel, { id }, 'bob')).rejects.toMatchObject({ code: 'BACKFILL_NOT_FOUND' })
    expect(await stage.ask(cancel, { id }, 'bob in alice')).toEqual({ state: 'CANCELLED' })
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

test("nobody pauses or resumes another's jobs in bulk, nor learns that there are any", async () => {
  const bulk = (name: string): string => `mutation { ${name}(filter: {}) { changed unchanged jobs { name } } }`
  const nothing = { changed: 0, unchanged: 0, jobs: [] }
  expect(await stage.ask(bulk('pauseJobs'), {}, 'bob')).toEqual(nothing)
  expect(await stage.ask(bulk('pauseJobs'))).toMatchObject({ changed: 1, jobs: [{ name: 'mine' }] })
  expect(await stage.ask(bulk('resumeJobs'), {}, 'bob')).toEqual(nothing)
  expect(await stage.ask(bulk('resumeJobs'), {}, 'bob in alice')).toMatchObject({ changed: 1 })
})

describe('without a good token', () => {
  const everything = { ...QUERIES, ...OF_JOB, ...MUTATIONS, ...WITHOUT_ID, allEntities: ENTITIES }

  test.each(Object.entries(everything))('%s is refused', async (_name, query) => {
    const variables = { id: job.id, representations: [{ __typename: 'Job', id: job.id }] }
    for (const token of ['', 'forged']) {
      await expect(stage.ask(query, variables, token)).rejects.toSatisfy(
        (error) => error instanceof Refused && error.code === 'UNAUTHENTICATED',
      )
    }
  })

  test.each(Object.entries(SUBSCRIPTIONS))('the subscription %s is refused', async (_name, subscription) => {
    for (const token of ['', 'forged']) {
      expect(await stage.watch(subscription, { id: job.id }, token)).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      })
    }
  })
})

test('every root field is in one of the lists above', () => {
  const { typeDefs } = stage.jobs.subgraph
  const fields = [...typeDefs.matchAll(/^(?:extend )?type (?:Query|Mutation|Subscription) \{([\s\S]*?)^\}/gm)].flatMap(
    ([, body = '']) => [...body.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name),
  )
  const tried = [...Object.values({ ...QUERIES, ...MUTATIONS, ...WITHOUT_ID, ...SUBSCRIPTIONS })].join(' ')
  expect(fields).toHaveLength(28)
  // What is about a webhook or a calendar, and not a job, is tried in tests of their own.
  for (const field of fields.filter((name = '') => !/webhook|calendar/i.test(name)))
    expect(tried).toMatch(new RegExp(`\\b${field}\\b`))
})
