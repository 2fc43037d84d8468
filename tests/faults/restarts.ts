import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ApiClient, SystemProcess } from '#platform/testing'
import { NOBODY, PARKED } from '../../subgraphs/executions/projections/queue.ts'
import type { Finding } from './checker.ts'
import type { Sink } from './sink.ts'
import { type Acknowledged, work } from './workload.ts'

/** What restarts take. */
export interface RestartOptions {
  readonly folder: string
  readonly random: () => number
  readonly restarts: number
  say(line: string): void
  start(environment: Readonly<Record<string, string>>): Promise<SystemProcess>
  logIn(system: SystemProcess): Promise<ApiClient>
}

const LIFE_MS_MAX = 2_500
// Shorter than many a task, so that something is handed over each time.
const GRACE_MS = 300

/** Lets the system live under load and end in order, again and again, and looks each time at what it left in hand. */
export async function restart(
  options: RestartOptions,
  sink: Sink,
  acknowledged: Acknowledged,
): Promise<{ readonly findings: readonly Finding[]; readonly summary: string }> {
  const findings: Finding[] = []
  let handedOver = 0
  let stopMsMax = 0
  for (let count = 1; count <= options.restarts; count++) {
    const system = await options.start({ EXECUTOR_GRACE_MS: String(GRACE_MS) })
    // One in five comes while it takes in what has waited for it.
    const lifeMs = options.random() < 1 / 5 ? options.random() * 100 : options.random() * LIFE_MS_MAX
    const endMs = performance.now() + lifeMs
    let isStopping = false
    const working = options
      .logIn(system)
      .then((client) => work(client, sink, acknowledged, () => !isStopping))
      .catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, endMs - performance.now()))
    const askedMs = performance.now()
    const code = await system.stop()
    isStopping = true
    const stopMs = performance.now() - askedMs
    stopMsMax = Math.max(stopMsMax, stopMs)
    await working
    const left = leftBehind(options.folder)
    const what = `restart ${count}: exit ${code} after ${stopMs.toFixed(0)} ms, ${left.held} attempts in hand`
    if (code !== 0 || left.held > 0 || left.executors > 0) findings.push({ kind: 'NOT_HANDED_OVER', what })
    handedOver = left.handedOver
    options.say(what)
  }
  const summary = `${options.restarts} restarts in order (${handedOver} attempts handed over, the longest stop took ${stopMsMax.toFixed(0)} ms)`
  return { findings, summary }
}

/** Reads what a process that has ended left in its database. */
function leftBehind(folder: string): {
  readonly held: number
  readonly executors: number
  readonly handedOver: number
} {
  const database = new DatabaseSync(join(folder, 'data', 'executions.sqlite'), { readOnly: true })
  const count = (sql: string): number => Number(database.prepare(`select count(*) as n from ${sql}`).get()?.['n'])
  const left = {
    held: count(`queue where executor_id not in ('', '${NOBODY}', '${PARKED}')`),
    executors: count('executors'),
    handedOver: count(`events where type = 'AttemptLost' and payload like '%EXECUTOR_STOPPED%'`),
  }
  database.close()
  return left
}
