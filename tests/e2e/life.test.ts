import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isOnStack, openApiClient, startSystem } from '#platform/testing'
import { createJob, eventually, openWorld } from './world.ts'

const world = openWorld()
const JOB_STATUS =
  'query ($id: ID!) { job(id: $id) { status { phase succeededCount } executions(first: 5) { edges { node { status attempts { number status } } } } } }'

interface Status {
  readonly job: {
    readonly status: { phase: string; succeededCount: number }
    readonly executions: { edges: readonly { node: { status: string; attempts: readonly { status: string }[] } }[] }
  }
}

test('it is ready within seconds and says where everything is', () => {
  expect(world.system().readyMs).toBeLessThan(isOnStack() ? 30_000 : 5_000)
  const output = world.system().output()
  for (const word of ['GraphQL', 'Sandbox', 'REST', 'Health', 'Metrics', 'Data', join(world.folder, 'data')]) {
    expect(output).toContain(word)
  }
})

test('health and metrics answer', async () => {
  const client = world.anonymous()
  expect((await client.rest('GET', '/health/live')).status).toBe(200)
  expect((await client.rest('GET', '/health/ready')).status).toBe(200)
  const metrics = await client.rest('GET', '/metrics')
  expect(metrics.text).toContain('carillon_')
})

test('a second start on the same folder is refused in words', async () => {
  const second = startSystem({ dataDirectory: join(world.folder, 'data') })
  await expect(second).rejects.toThrow(/another process is using/)
})

test('settings that are wrong are listed all at once, before anything opens', () => {
  const { status, stderr } = spawnSync(process.execPath, ['runtime/main.ts'], {
    env: { PORT: 'eighty', LOG_LEVEL: 'loud', DATA_DIR: join(world.folder, 'never') },
    encoding: 'utf8',
  })
  expect(status).toBe(2)
  expect(stderr).toMatch(/PORT/)
  expect(stderr).toMatch(/LOG_LEVEL/)
  expect(stderr).not.toMatch(/ at .*\.ts:\d+/)
})

test('kill -9 in mid-run loses nothing: the run is made again as attempt 2', async () => {
  const client = await world.user('killed')
  const id = await createJob(client, { jobType: 'SLEEP', schedule: '@now', params: { durationMs: 2_000 } })
  await eventually(
    () => client.data<Status>(JOB_STATUS, { id }),
    (answer) => answer.job.status.phase === 'RUNNING',
  )
  await world.system().kill()
  await world.restart()
  const again = openApiClient(world.system().url, client.token)
  const { job } = await eventually(
    () => again.data<Status>(JOB_STATUS, { id }),
    (answer) => answer.job.status.phase === 'COMPLETED',
  )
  expect(job.executions.edges.map(({ node }) => node.attempts.map((attempt) => attempt.status))).toEqual([
    ['LOST', 'SUCCEEDED'],
  ])
})

test('Ctrl-C ends it in order, and what was open goes on after the next start', async () => {
  const client = await world.user('stopped')
  const id = await createJob(client, { jobType: 'ECHO', schedule: '@every 1s', params: {} })
  await eventually(
    () => client.data<Status>(JOB_STATUS, { id }),
    ({ job }) => job.status.succeededCount >= 1,
  )
  expect(await world.system().stop()).toBe(0)
  await world.restart()
  const again = openApiClient(world.system().url, client.token)
  const before = await again.data<Status>(JOB_STATUS, { id })
  await eventually(
    () => again.data<Status>(JOB_STATUS, { id }),
    ({ job }) => job.status.succeededCount > before.job.status.succeededCount,
  )
})
