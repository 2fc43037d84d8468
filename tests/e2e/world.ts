import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, inject } from 'vitest'
import {
  type ApiClient,
  dropStackSystem,
  isOnStack,
  openApiClient,
  type SystemProcess,
  signUp,
  startSystem,
} from '#platform/testing'

/** A running system, as its users see it. */
export interface SharedWorld {
  /** A client of somebody who has just signed up. */
  user(name?: string): Promise<ApiClient>
  anonymous(): ApiClient
}

/** A running system of a test file's own. */
export interface World extends SharedWorld {
  readonly folder: string
  system(): SystemProcess
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
    ...usersAt(() => running().url),
    async restart(changed = environment) {
      system = await startSystem({ dataDirectory, environment: changed })
    },
  }
}

/** The system that runs for all files that neither set nor end one: see `shared-system.ts`. */
export function sharedWorld(): SharedWorld {
  return usersAt(() => inject('sharedUrl'))
}

function usersAt(url: () => string): SharedWorld {
  return {
    anonymous: () => openApiClient(url()),
    user: (name = `user-${process.pid}-${users++}`) => signUp(openApiClient(url()), name),
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
