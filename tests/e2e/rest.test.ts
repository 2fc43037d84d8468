import { expect, test } from 'vitest'
import { eventually, sharedWorld } from './world.ts'

const world = sharedWorld()

test('the original walk by REST: sign up, log in, create, status, and the report as a file', async () => {
  const anonymous = world.anonymous()
  const credentials = { username: 'shreyash', password: '12345' }
  expect((await anonymous.rest('POST', '/auth/signup', credentials)).status).toBe(201)
  const login = await anonymous.rest('POST', '/auth/login', credentials)
  expect(login.status).toBe(200)
  const client = anonymous.as(login.body.token)

  const job = { jobType: 'REPORT', schedule: '@now', params: { reportType: 'daily-sales' } }
  const created = await client.rest('POST', '/jobs', job)
  expect(created.status).toBe(201)
  expect(created.headers.location).toBe(`/jobs/${created.body.id}`)

  const { body: status } = await eventually(
    () => client.rest('GET', `/jobs/${created.body.id}/status`),
    ({ body }) => body.phase === 'COMPLETED',
  )
  expect(status).toMatchObject({ lastOutcome: 'SUCCEEDED', succeededCount: 1 })

  const { executions } = await client.data<{
    executions: { edges: { node: { id: string; artefacts: { name: string }[] } }[] }
  }>('{ executions { edges { node { id artefacts { name } } } } }')
  const run = executions.edges[0]?.node
  const csv = run?.artefacts.find(({ name }) => name.endsWith('.csv'))
  const path = `/executions/${run?.id}/artefacts/${csv?.name}`
  const file = await client.rest('GET', path)
  expect(file.status).toBe(200)
  expect(file.headers['content-type']).toMatch(/^text\/csv/)
  expect(file.text.split('\n').length).toBeGreaterThan(3)

  const stranger = await world.user()
  expect((await stranger.rest('GET', path)).status).toBe(404)
  expect((await anonymous.rest('GET', path)).status).toBe(401)
})

test('what is wrong comes as problem+json, with a stable code', async () => {
  const anonymous = world.anonymous()
  const client = await world.user()
  const problem = async (answer: ReturnType<typeof client.rest>): Promise<unknown[]> => {
    const { status, headers, body } = await answer
    expect(headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(body).toMatchObject({ title: expect.any(String), status })
    return [status, body.code]
  }
  expect(await problem(anonymous.rest('POST', '/jobs', {}))).toEqual([401, 'UNAUTHENTICATED'])
  expect(await problem(client.rest('GET', '/jobs/no-such-job/status'))).toEqual([404, 'JOB_NOT_FOUND'])
  expect(await problem(client.rest('POST', '/jobs', { jobType: 'ECHO', schedule: 'soon' }))).toEqual([
    400,
    'INVALID_SCHEDULE',
  ])
  expect(await problem(anonymous.rest('POST', '/auth/login', { username: 'nobody', password: 'wrong-wrong' }))).toEqual(
    [401, 'INVALID_CREDENTIALS'],
  )
})

test("another's job, its status, its runs and its log are as missing as one that never was", async () => {
  const [owner, stranger] = [await world.user(), await world.user()]
  const { body: job } = await owner.rest('POST', '/jobs', {
    jobType: 'ECHO',
    schedule: '@now',
    params: { message: 'mine' },
  })
  const { body: status } = await eventually(
    () => owner.rest('GET', `/jobs/${job.id}/status`),
    ({ body }) => body.phase === 'COMPLETED',
  )
  expect(status.succeededCount).toBe(1)
  const { executions } = await owner.data<{ executions: { edges: { node: { id: string } }[] } }>(
    '{ executions { edges { node { id } } } }',
  )
  const executionId = executions.edges[0]?.node.id
  const missing = '019ab000-0000-7000-8000-000000000000'
  const ask = async (jobId: string, runId: string | undefined): Promise<string> => {
    const answers = [
      await stranger.graphql('query ($id: ID!) { job(id: $id) { id } }', { id: jobId }),
      await stranger.graphql('query ($id: ID!) { execution(id: $id) { id } }', { id: runId }),
      await stranger.graphql('mutation ($id: ID!) { pauseJob(id: $id) { id } }', { id: jobId }),
      await stranger.graphql('mutation ($id: ID!) { triggerJob(id: $id) { executionId } }', { id: jobId }),
      await stranger.graphql('query ($id: ID!) { executions(filter: { jobId: $id }) { totalCount } }', { id: jobId }),
      (await stranger.rest('GET', `/jobs/${jobId}/status`)).body,
      (await stranger.rest('GET', `/executions/${runId}/logs`)).body,
    ]
    return JSON.stringify(answers)
      .replaceAll(jobId, '<id>')
      .replaceAll(String(runId), '<id>')
      .replaceAll(/"(correlationId|instance)":"[^"]*"/g, '')
  }
  expect(await ask(job.id, executionId)).toBe(await ask(missing, missing))
})
