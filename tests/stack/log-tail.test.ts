import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiClient, openApiClient, signUp } from '#platform/testing'
import { type FollowedLine, followLog, readLog, startLogging } from '../e2e/follow-log.ts'
import { type Cluster, knowsOthers, openCluster, SERVICES, type Service } from './cluster.ts'

const MINUTE_MS = 60_000
const LINES = 10_000
// Some 40 s, so that each restart takes place while lines are written.
const LINES_PER_SECOND = 250
const STEPS: readonly (readonly [at: number, what: 'cut' | readonly [Service, NodeJS.Signals]])[] = [
  [300, 'cut'],
  [800, ['executions', 'SIGKILL']],
  [1_800, 'cut'],
  [2_500, ['gateway', 'SIGTERM']],
  [3_800, 'cut'],
  [4_500, ['executions', 'SIGTERM']],
  [5_800, 'cut'],
  [6_500, ['gateway', 'SIGKILL']],
  [8_500, 'cut'],
]

let cluster: Cluster
let client: ApiClient
const gateway = () => cluster.running('gateway').at(-1)

beforeAll(async () => {
  cluster = openCluster()
  await Promise.all(SERVICES.map((service) => cluster.start(service)))
  await knowsOthers(gateway())
  client = await signUp(openApiClient(gateway()?.url ?? ''), 'follower')
}, 6 * MINUTE_MS)

afterAll(async () => {
  await cluster?.close()
}, MINUTE_MS)

async function restart(service: Service, signal: NodeJS.Signals): Promise<void> {
  const [victim] = cluster.running(service)
  victim?.signal(signal)
  await victim?.exited()
  await cluster.start(service)
}

test(
  '10,000 lines, while who reads them is cut five times and executions and gateway are restarted: each line once, in order',
  async () => {
    const executionId = await startLogging(client, LINES, LINES_PER_SECOND)
    const follower = followLog(client, executionId, () => gateway()?.url)
    for (const [at, what] of STEPS) {
      await follower.until(at)
      if (what === 'cut') follower.cut()
      else await restart(...what)
    }
    await follower.ended

    const expected = Array.from({ length: LINES }, (_, index) => `${index + 1} 1 line ${index + 1}`)
    const shown = ({ node }: FollowedLine): string => `${node.seq} ${node.attempt} ${node.message}`
    expect(follower.lines.map(shown)).toEqual(expected)
    expect(follower.visits()).toBeGreaterThanOrEqual(STEPS.length)
    await knowsOthers(gateway())
    expect(await readLog(openApiClient(gateway()?.url ?? '', client.token), executionId)).toEqual(follower.lines)
  },
  6 * MINUTE_MS,
)
