// A process that serves the test subgraph, prints where, and runs until it is killed: `node serve-instance.ts <name>`.
import { systemClock } from '#platform/clock'
import { openMetrics, silentLog } from '#platform/telemetry'
import { serveSubgraph } from '../http/serve.ts'
import { testSubgraph } from './test-subgraph.ts'

const door = await serveSubgraph({
  subgraph: testSubgraph(process.argv[2] ?? 'one'),
  host: '127.0.0.1',
  port: 0,
  clock: systemClock(),
  log: silentLog(),
  metrics: openMetrics({ ofProcess: false }),
  health: async () => ({ status: 'ok', checks: {} }),
})
process.stdout.write(`${door.url}\n`)
