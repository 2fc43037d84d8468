import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, openApiClient, type SystemProcess, startSystem } from '#platform/testing'
import { eventually } from './world.ts'

const USER = { username: 'ada', password: 'ada-and-her-engine' }
const LOG_IN = `mutation ($input: LogInInput!) { logIn(input: $input) { accessToken user { id } } }`
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken user { id } } }`
const LIST = '{ deadLetters { edges { node { id consumer state note pending bytes } } } }'

type Letter = Readonly<Record<'id' | 'consumer' | 'state' | 'note' | 'bytes', string>>
type Session = { readonly accessToken: string; readonly user: { readonly id: string } }

/** Parks a record of no producer, as a process does that dies before it has told of it. */
function park(file: string, consumer: string, topic: string): void {
  const database = new DatabaseSync(file)
  const columns = `consumer, stream, version, topic, partition_no, record_offset, record_key, value, headers, produced_at, reason, message, quarantined_at`
  const values = [
    consumer,
    `${topic}#0`,
    1,
    topic,
    0,
    0,
    'k',
    Buffer.from('poison'),
    '{}',
    1,
    'NO_MAGIC_BYTE',
    'planted',
    1,
  ]
  database.prepare(`insert into quarantine (${columns}) values (${values.map(() => '?').join(', ')})`).run(...values)
  database.close()
}

// Not on the stack, where each database is a server's: nothing can be planted between two starts (see vitest.config.ts).
describe('what the services of an embedded system have parked', () => {
  let directory = ''
  let system: SystemProcess | undefined
  let operator: ApiClient

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'carillon-'))
    const first = await startSystem({ dataDirectory: directory })
    const { signUp } = await openApiClient(first.url).data<{ signUp: Session }>(SIGN_UP, { input: USER })
    await first.stop()
    park(join(directory, 'jobs.sqlite'), 'jobs', 'execution-events')
    park(join(directory, 'scheduler.sqlite'), 'scheduler', 'job-events')
    park(join(directory, 'executions.sqlite'), 'executions', 'job-execute')
    system = await startSystem({ dataDirectory: directory, environment: { OPERATORS: signUp.user.id } })
    const { logIn } = await openApiClient(system.url).data<{ logIn: Session }>(LOG_IN, { input: USER })
    operator = openApiClient(system.url, logIn.accessToken)
  })

  afterAll(async () => {
    await system?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  const letters = async (): Promise<readonly Letter[]> => {
    const { deadLetters } = await operator.data<{ deadLetters: { edges: readonly { node: Letter }[] } }>(LIST)
    return deadLetters.edges.map(({ node }) => node)
  }

  test('is in one list, and goes back to its own service, or is discarded there', async () => {
    const found = await eventually(letters, (all) => all.length === 3)
    expect(found.map(({ consumer }) => consumer).toSorted()).toEqual(['executions', 'jobs', 'scheduler'])
    for (const { id, bytes } of found) {
      expect(Buffer.from(bytes, 'base64').toString()).toBe('poison')
      await operator.data('mutation ($id: ID!) { redriveDeadLetter(id: $id) { id } }', { id })
    }
    const tried = await eventually(letters, (all) => all.every(({ note }) => note !== ''))
    expect(tried.map(({ state }) => state)).toEqual(['PARKED', 'PARKED', 'PARKED'])
    for (const { id } of found) {
      await operator.data('mutation ($id: ID!) { discardDeadLetter(id: $id, reason: "planted") { id } }', { id })
    }
    const ended = await eventually(letters, (all) => all.every(({ state }) => state === 'DISCARDED'))
    expect(ended.map(({ note }) => note)).toEqual(['planted', 'planted', 'planted'])
  })

  test('is shown to nobody else', async () => {
    const input = { username: 'mallory', password: USER.password }
    const { signUp } = await operator.as(undefined).data<{ signUp: Session }>(SIGN_UP, { input })
    const { errors } = await operator.as(signUp.accessToken).graphql(LIST)
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })
})
