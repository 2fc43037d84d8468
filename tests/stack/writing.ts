import { openApiClient, signUp } from '#platform/testing'
import { createJob } from '../e2e/world.ts'
import type { RecordedRun } from '../faults/checker.ts'
import { readRuns } from '../faults/history.ts'
import type { Balancer } from './balancer.ts'

/** What became of what was acknowledged. */
export interface Written {
  readonly acknowledged: number
  /** Executions whose id was given to a caller, and that did not succeed. */
  readonly lost: readonly string[]
  /** Runs whose id no caller was given. */
  readonly unasked: readonly string[]
}

/** Writes that go on whatever happens. */
export interface Writing {
  acknowledged(): number
  /** Ends the writing, waits for what was acknowledged, and tells what became of it. */
  verdict(): Promise<Written>
}

const WRITERS = 4
const PAUSE_MS = 200
const SETTLE_MS_MAX = 60_000
const PASSWORD = 'correct horse battery'
const TRIGGER = 'mutation ($id: ID!, $key: String) { triggerJob(id: $id, idempotencyKey: $key) { executionId } }'

/**
 * Triggers a job again and again through gateways in turn, each time with a key of its own. A trigger that is not answered
 * is sent again with its key until it is: so each key has one execution, which its caller knows.
 */
export async function startWriting(gatewayUrl: string, gateways: Balancer): Promise<Writing> {
  const { token } = await signUp(openApiClient(gatewayUrl), 'writer', PASSWORD)
  const input = { jobType: 'ECHO', schedule: '@manually', params: { message: 'acknowledged' }, overlap: 'ALLOW_ALL' }
  const id = await createJob(openApiClient(gatewayUrl, token), input)
  const acknowledged = new Set<string>()
  let isOver = false

  async function trigger(key: string): Promise<boolean> {
    const url = gateways.next()
    if (url === undefined) return false
    const client = openApiClient(url, token)
    try {
      const { triggerJob } = await client.data<{ triggerJob: { executionId: string } }>(TRIGGER, { id, key })
      acknowledged.add(triggerJob.executionId)
      return true
    } catch {
      return false
    } finally {
      client.close()
    }
  }

  async function write(writer: number): Promise<void> {
    for (let count = 0; !isOver; count++) {
      while (!(await trigger(`${writer}-${count}`))) await pause()
      await pause()
    }
  }

  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  return {
    acknowledged: () => acknowledged.size,
    async verdict() {
      isOver = true
      await writing
      const url = gateways.next() ?? gatewayUrl
      const { body } = await openApiClient(url).rest('POST', '/auth/login', { username: 'writer', password: PASSWORD })
      return settled(acknowledged, () => readRuns(openApiClient(url, body.token)))
    },
  }
}

async function settled(
  acknowledged: ReadonlySet<string>,
  read: () => Promise<readonly RecordedRun[]>,
): Promise<Written> {
  const endMs = performance.now() + SETTLE_MS_MAX
  for (;;) {
    const runs = await read()
    const succeeded = new Set(runs.filter(({ status }) => status === 'SUCCEEDED').map(({ executionId }) => executionId))
    const lost = [...acknowledged].filter((executionId) => !succeeded.has(executionId))
    if (lost.length === 0 || performance.now() > endMs) {
      const unasked = runs.map(({ executionId }) => executionId).filter((each) => !acknowledged.has(each))
      return { acknowledged: acknowledged.size, lost, unasked }
    }
    await pause()
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
}
