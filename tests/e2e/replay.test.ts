import { expect, test } from 'vitest'
import { createJob, eventually, sharedWorld } from './world.ts'

const world = sharedWorld()

const TRIGGER = 'mutation ($jobId: ID!) { triggerJob(id: $jobId) { executionId } }'
const EXECUTIONS = `query ($jobId: ID!) { executions(filter: { jobId: $jobId }) {
  edges { node { id status cause params jobVersion origin { id } } } } }`
const REPLAY = `mutation ($jobId: ID!, $version: Int) { replay(filter: { jobId: $jobId }, params: LATEST, replayId: "after the repair", jobVersionMin: $version) {
  id state selectedCount origins { edges { node { id } } } } }`

type Node = {
  readonly id: string
  readonly status: string
  readonly cause: string
  readonly origin: { id: string } | null
}

test('what failed is run again after a repair: one by hand, and all by its latest definition', async () => {
  const client = await world.user()
  const params = { message: 'no', errorCode: 'DOWN' }
  const jobId = await createJob(client, { jobType: 'ECHO', schedule: '@manually', params })
  const executions = async (): Promise<readonly Node[]> => {
    const { executions: page } = await client.data<{ executions: { edges: readonly { node: Node }[] } }>(EXECUTIONS, {
      jobId,
    })
    return page.edges.map(({ node }) => node)
  }
  const count =
    (wished: string, wanted: number) =>
    (all: readonly Node[]): boolean =>
      all.filter((node) => node.status === wished).length === wanted
  await client.data(TRIGGER, { jobId })
  const [first] = await eventually(executions, count('FAILED', 1))
  const retry = 'mutation ($id: ID!) { retryExecution(id: $id, idempotencyKey: "k") { id cause origin { id } } }'
  const retried = await client.data<{ retryExecution: Node }>(retry, { id: first?.id })
  expect(retried.retryExecution).toMatchObject({ cause: `retry:${first?.id}`, origin: { id: first?.id } })
  await eventually(executions, count('FAILED', 2))
  expect(await client.data(retry, { id: first?.id })).toEqual(retried)

  const { updateJob } = await client.data<{ updateJob: { version: number } }>(
    'mutation ($id: ID!) { updateJob(id: $id, input: { params: { message: "yes" } }) { version } }',
    {
      id: jobId,
    },
  )
  // On the stack the change is on its way for a moment.
  const submitted = await eventually(
    () => client.graphql<{ replay: object }>(REPLAY, { jobId, version: updateJob.version }),
    ({ data }) => data?.replay !== undefined && data.replay !== null,
  )
  const { replay } = submitted.data
  expect(replay).toMatchObject({ selectedCount: 1, origins: { edges: [{ node: { id: retried.retryExecution.id } }] } })
  const done = await eventually(
    () =>
      client.data<{ replay: { state: string; executions: object } }>(
        '{ replay(id: "after the repair") { state executions { edges { node { status cause origin { id } params } } } } }',
      ),
    (answer) => answer.replay.state === 'COMPLETED',
  )
  expect(done.replay.executions).toMatchObject({
    edges: [
      {
        node: {
          status: 'SUCCEEDED',
          cause: 'replay:after the repair',
          params: { message: 'yes' },
          origin: { id: retried.retryExecution.id },
        },
      },
    ],
  })
  const status = 'query ($id: ID!) { job(id: $id) { status { phase failedCount succeededCount } } }'
  await eventually(
    () => client.data<{ job: { status: object } }>(status, { id: jobId }),
    ({ job }) => 'succeededCount' in job.status && job.status.succeededCount === 1,
  )
})
