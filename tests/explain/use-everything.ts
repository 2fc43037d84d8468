import { type ApiClient, openApiClient, signUp } from '#platform/testing'

const JOBS = 200
const RUN_MS_MAX = 120_000

/** Signs somebody up as soon as that can be done: the gateway is there before it has heard of the others. */
export async function signedUp(url: string): Promise<ApiClient> {
  const endMs = performance.now() + RUN_MS_MAX
  for (let attempt = 1; ; attempt++) {
    try {
      return await signUp(openApiClient(url), `recorded-${attempt}`)
    } catch (error) {
      if (performance.now() > endMs) throw error
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

/** Does what users do, a little of each: creates jobs and lets them run, looks at them, and changes them. */
export async function useEverything(client: ApiClient): Promise<void> {
  const once = { jobType: 'ECHO', schedule: '@now', params: { message: 'recorded' } }
  const often = { ...once, schedule: '@every 1s' }
  const inputs = Array.from({ length: JOBS }, (_, index) => (index % 10 === 0 ? often : once))
  const { createJobs } = await client.data<{ createJobs: readonly { id: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }',
    { inputs },
  )
  const id = createJobs[0]?.id
  const endMs = performance.now() + RUN_MS_MAX
  for (;;) {
    const { executions } = await client.data<{
      executions: { edges: readonly { node: { id: string; status: string } }[] }
    }>(
      '{ executions(first: 50) { edges { node { id status job { id } logs(first: 10) { edges { node { message } } } } } } }',
    )
    const ended = executions.edges.filter(({ node }) => node.status === 'SUCCEEDED')
    if (ended.length === 50) break
    if (performance.now() > endMs) throw new Error(`only ${ended.length} executions have ended`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  await client.data('{ jobs(first: 20) { edges { node { id name executions(first: 5) { edges { node { id } } } } } } }')
  await client.data('query ($id: ID!) { job(id: $id) { id executions(first: 5) { edges { node { id status } } } } }', {
    id,
  })
  await client.data('mutation ($id: ID!) { pauseJob(id: $id) { id } }', { id })
  await client.data('mutation ($id: ID!) { archiveJob(id: $id) { id } }', { id })
}
