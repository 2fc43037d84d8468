import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import { endPauses } from './commands/end-pauses.ts'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { archiveJob, createJob, type Job, pauseJob, resumeJob, triggerJob, updateJob } from './main.ts'

const alice = callerNamed('alice')
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 12, minute))

let clock: MovedClock
let stage: JobsStage
let job: Job

beforeEach(async () => {
  clock = movedClock(at(0))
  stage = await openStage(clock)
  job = await createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@hourly', name: 'first' })
})

afterEach(() => stage.close())

const HISTORY = `query ($id: ID!, $first: Int, $after: String) { job(id: $id) { history(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor }
  edges { node { version type at actor user { id } note changes { field before after } job { name version state } } } } } }`

interface Entry {
  readonly version: number
  readonly type: string
  readonly note: string | null
}

interface Page {
  readonly history: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    readonly edges: readonly { readonly node: Entry }[]
  }
}

async function entries(variables: object = {}): Promise<readonly Entry[]> {
  const { history } = await stage.ask<Page>(HISTORY, { id: job.id, ...variables })
  return history.edges.map(({ node }) => node)
}

async function busyLife(): Promise<void> {
  const { parts } = stage.jobs
  const jobId = job.id
  clock.setWall(at(1))
  await updateJob(parts, alice, { jobId, name: 'second', timeZone: 'Europe/Berlin', jitter: 90_000, params: { a: 1 } })
  clock.setWall(at(2))
  await pauseJob(parts, callerNamed('bob in alice'), { jobId, note: 'moving', until: at(4) })
  clock.setWall(at(3))
  await triggerJob(parts, alice, { jobId })
  clock.setWall(at(5))
  await endPauses(parts)
  clock.setWall(at(6))
  await archiveJob(parts, alice, { jobId })
}

test('the history of a job is who changed what when, the newest first, with the job as it was', async () => {
  await busyLife()
  const found = await entries()
  expect(found.map(({ version, type }) => [version, type])).toEqual([
    [6, 'ARCHIVED'],
    [5, 'RESUMED'],
    [4, 'TRIGGERED'],
    [3, 'PAUSED'],
    [2, 'UPDATED'],
    [1, 'CREATED'],
  ])
  const pause = {
    since: at(2).toISOString(),
    until: at(4).toISOString(),
    note: 'moving',
    by: 'user-bob',
    reason: 'ASKED',
  }
  expect(found.slice(1)).toEqual([
    {
      ...{ version: 5, type: 'RESUMED', at: at(4).toISOString(), actor: 'clock', user: null, note: null },
      changes: [
        { field: 'state', before: 'PAUSED', after: 'ACTIVE' },
        { field: 'pause', before: pause, after: null },
      ],
      job: { name: 'second', version: 5, state: 'ACTIVE' },
    },
    {
      ...{ version: 4, type: 'TRIGGERED', at: at(3).toISOString(), actor: 'user-alice', user: { id: 'user-alice' } },
      ...{ note: null, changes: [], job: { name: 'second', version: 4, state: 'PAUSED' } },
    },
    {
      ...{
        version: 3,
        type: 'PAUSED',
        at: at(2).toISOString(),
        actor: 'user-bob',
        user: { id: 'user-bob' },
        note: 'moving',
      },
      changes: [
        { field: 'state', before: 'ACTIVE', after: 'PAUSED' },
        { field: 'pause', before: null, after: pause },
      ],
      job: { name: 'second', version: 3, state: 'PAUSED' },
    },
    {
      ...{
        version: 2,
        type: 'UPDATED',
        at: at(1).toISOString(),
        actor: 'user-alice',
        user: { id: 'user-alice' },
        note: null,
      },
      changes: [
        { field: 'name', before: 'first', after: 'second' },
        { field: 'params', before: {}, after: { a: 1 } },
        { field: 'timeZone', before: 'UTC', after: 'Europe/Berlin' },
        { field: 'jitter', before: '0s', after: '1m30s' },
      ],
      job: { name: 'second', version: 2, state: 'ACTIVE' },
    },
    {
      ...{
        version: 1,
        type: 'CREATED',
        at: at(0).toISOString(),
        actor: 'user-alice',
        user: { id: 'user-alice' },
        note: null,
      },
      ...{ changes: [], job: { name: 'first', version: 1, state: 'ACTIVE' } },
    },
  ])
})

test('it is read page by page, the same whatever the size of the pages', async () => {
  await busyLife()
  const whole = await entries()
  for (const first of [1, 2, 4, 6]) {
    const found: Entry[] = []
    let after: string | null = null
    do {
      const { history }: Page = await stage.ask<Page>(HISTORY, { id: job.id, first, after })
      found.push(...history.edges.map(({ node }) => node))
      after = history.pageInfo.hasNextPage ? history.pageInfo.endCursor : null
    } while (after !== null)
    expect(found, `${first}`).toEqual(whole)
  }
  await expect(entries({ first: 101 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  await expect(entries({ after: 'x' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  // A cursor of another list is one of nothing here.
  expect(await entries({ after: Buffer.from('["x"]').toString('base64url') })).toEqual([])
})

test('a job is shown as it was at an instant, and not before it was made', async () => {
  await busyLife()
  const asOf = (when: Date, token?: string): Promise<object | null> =>
    stage.ask(
      'query ($id: ID!, $asOf: DateTime) { job(id: $id, asOf: $asOf) { name version state timeZone pause { note } } }',
      { id: job.id, asOf: when.toISOString() },
      token,
    )
  expect(await asOf(new Date(at(0).getTime() - 1))).toBeNull()
  expect(await asOf(at(0))).toEqual({ name: 'first', version: 1, state: 'ACTIVE', timeZone: 'UTC', pause: null })
  const second = { name: 'second', timeZone: 'Europe/Berlin' }
  expect(await asOf(at(1))).toEqual({ ...second, version: 2, state: 'ACTIVE', pause: null })
  expect(await asOf(at(2))).toEqual({ ...second, version: 3, state: 'PAUSED', pause: { note: 'moving' } })
  // A trigger changes nothing but the version.
  expect(await asOf(at(3))).toEqual({ ...second, version: 4, state: 'PAUSED', pause: { note: 'moving' } })
  expect(await asOf(new Date('2100-01-01T00:00:00Z'))).toMatchObject({ version: 6, state: 'ARCHIVED' })
  const anothers = await asOf(at(3), 'bob')
  expect(anothers).toBeNull()
})

test('triggers are versions too, and cost a fold nothing', async () => {
  const { parts } = stage.jobs
  for (let count = 0; count < 30; count++) await triggerJob(parts, alice, { jobId: job.id })
  await resumeJob(parts, alice, { jobId: job.id })
  await updateJob(parts, alice, { jobId: job.id, name: 'x' })
  expect((await entries({ first: 2 })).map(({ version, type }) => [version, type])).toEqual([
    [32, 'UPDATED'],
    [31, 'TRIGGERED'],
  ])
})
