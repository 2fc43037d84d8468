import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import {
  type ApiClient,
  dropStackSystem,
  isOnStack,
  openApiClient,
  type SystemProcess,
  signUp,
  startSystem,
} from '#platform/testing'

/** A running system of a test file's own. */
export interface World {
  readonly folder: string
  system(): SystemProcess
  /** A client of somebody who has just signed up. */
  user(name?: string): Promise<ApiClient>
  anonymous(): ApiClient
  restart(environment?: Readonly<Record<string, string>>): Promise<void>
}

let users = 0

/** Starts a system before the tests of a file and ends it after them. */
export function openWorld(environment: Readonly<Record<string, string>> = {}): World {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-e2e-'))
  const dataDirectory = join(folder, 'data')
  let system: SystemProcess | undefined
  const running = (): SystemProcess => {
    if (!system) throw new Error('the system does not run')
    return system
  }
  beforeAll(async () => {
    system = await startSystem({ dataDirectory, environment })
  })
  afterAll(async () => {
    await system?.stop()
    if (isOnStack()) await dropStackSystem(dataDirectory)
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    system: running,
    anonymous: () => openApiClient(running().url),
    user: (name = `user-${process.pid}-${users++}`) => signUp(openApiClient(running().url), name),
    async restart(changed = environment) {
      system = await startSystem({ dataDirectory, environment: changed })
    },
  }
}

/** Asks until the answer is as wished. @throws {Error} with the last answer when it takes too long */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isWished: (answer: Answer) => boolean,
  waitMsMax = 15_000,
): Promise<Answer> {
  const endMs = performance.now() + waitMsMax
  for (;;) {
    const answer = await ask()
    if (isWished(answer)) return answer
    if (performance.now() > endMs) throw new Error(`still ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Creates a job. @returns its id */
export async function createJob(client: ApiClient, input: object): Promise<string> {
  const query = 'mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }'
  const { createJob: job } = await client.data<{ createJob: { id: string } }>(query, { input })
  return job.id
}
