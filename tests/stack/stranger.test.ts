import { expect, onTestFinished, test, vi } from 'vitest'
import { topics } from '#avro'
import { systemClock } from '#platform/clock'
import { type ApiClient, stackSystemEnvironment } from '#platform/testing'
import { signedUp, useEverything } from '../explain/use-everything.ts'
import { openStranger } from '../interop/stranger.ts'
import { openCluster, SERVICES } from './cluster.ts'

const TEST_MS_MAX = 240_000
const WAIT = { timeout: 30_000, interval: 200 }

test('Python reads every topic of a full run, what it sends is run, and what does not fit is parked', {
  timeout: TEST_MS_MAX,
}, async () => {
  const cluster = openCluster()
  onTestFinished(() => cluster.close())
  const { KAFKA_TOPIC_PREFIX: prefix = '' } = stackSystemEnvironment(cluster.folder)
  const [stranger] = await Promise.all([openStranger(), ...SERVICES.map((service) => cluster.start(service))])
  const url = cluster.running('gateway')[0]?.url ?? ''
  const client = await signedUp(url)
  await useEverything(client)
  const leaving = await signedUp(url)
  await leaving.data('mutation { logOut }')

  const { quarantine } = topics
  const used = Object.values(topics).filter(({ name }) => !name.startsWith('quarantine'))
  await vi.waitFor(async () => {
    const read = await stranger.read(prefix)
    for (const { name, schema } of used) {
      const schemas = read.filter(({ topic }) => topic === prefix + name).map((record) => record.schema)
      expect(new Set(schemas), name).toEqual(new Set([schema]))
    }
  }, WAIT)

  const own = { jobType: 'ECHO', schedule: '@manually', params: { message: 'of its own' } }
  const { createJob: job } = await client.data<{ createJob: { id: string } }>(
    'mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }',
    { input: own },
  )
  const { me } = await client.data<{ me: { id: string; workspaces: readonly { id: string }[] } }>(
    '{ me { id workspaces { id } } }',
  )
  const executionId = systemClock().newId()
  await stranger.write(`${prefix}job-execute`, topics['job-execute'].schema, {
    executionId,
    jobId: job.id,
    workspaceId: me.workspaces[0]?.id,
    jobVersion: 1,
    jobType: 'ECHO',
    params: JSON.stringify({ message: 'from Python' }),
    cause: 'trigger:python',
    scheduledFor: Date.now(),
    firedAt: Date.now(),
  })
  const query = 'query ($id: ID!) { execution(id: $id) { status logs(first: 10) { edges { node { message } } } } }'
  await vi.waitFor(async () => {
    const { execution } = await client.data<{ execution: unknown }>(query, { id: executionId })
    expect(execution).toMatchObject({ status: 'SUCCEEDED' })
    expect(JSON.stringify(execution)).toContain('from Python')
  }, WAIT)

  await vi.waitFor(async () => {
    const parked = await stranger.read(prefix + quarantine.name)
    expect(parked).toMatchObject([{ schema: quarantine.schema, value: { reason: 'UNDECODABLE', key: 'stranger' } }])
  }, WAIT)

  // The operator finds it in the graph, tries it again, and gives it up.
  const [before] = cluster.running('executions')
  await cluster.start('executions', { OPERATORS: me.id })
  before?.signal('SIGTERM')
  expect(await before?.exited()).toBe(0)
  const [letter] = await vi.waitFor(async () => {
    const found = await letters(client)
    expect(found).toMatchObject([{ state: 'PARKED', note: '' }])
    return found
  }, WAIT)
  expect(Buffer.from(letter?.bytes ?? '', 'base64').length).toBeGreaterThan(0)
  await client.data('mutation ($id: ID!) { redriveDeadLetter(id: $id) { id } }', { id: letter?.id })
  await vi.waitFor(async () => {
    const [tried] = await letters(client)
    expect(tried?.state).toBe('PARKED')
    expect(tried?.note).not.toBe('')
  }, WAIT)
  await client.data('mutation ($id: ID!) { discardDeadLetter(id: $id, reason: "of a stranger") { id } }', {
    id: letter?.id,
  })
  await vi.waitFor(async () => {
    expect(await letters(client)).toMatchObject([{ state: 'DISCARDED', note: 'of a stranger' }])
  }, WAIT)
})

type Letter = Readonly<Record<'id' | 'consumer' | 'state' | 'note' | 'bytes', string>>

async function letters(client: ApiClient): Promise<readonly Letter[]> {
  const { deadLetters } = await client.data<{ deadLetters: { edges: readonly { node: Letter }[] } }>(
    '{ deadLetters { edges { node { id consumer state note bytes } } } }',
  )
  return deadLetters.edges.map(({ node }) => node)
}
