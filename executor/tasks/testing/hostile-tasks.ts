import { setTimeout as delay } from 'node:timers/promises'
import type { Json, JsonObject, Task, TaskContext } from '../task.ts'

type Run = (params: JsonObject, context: TaskContext) => Promise<Json>

const FOREVER_MS = 1_000_000

// Each is a way to harm the house. All but the last ones never end by themselves.
const runs: Readonly<Record<string, Run>> = {
  async blocksItsLoop(_params, { log }) {
    log('INFO', 'blocking')
    for (;;) {}
  },
  async ignoresTheSignal(_params, { log }) {
    log('INFO', 'waiting')
    await delay(FOREVER_MS)
    return 'never'
  },
  async obeysTheSignal(_params, { log, signal }) {
    log('INFO', 'waiting')
    await delay(FOREVER_MS, undefined, { signal })
    return 'never'
  },
  async endsWellWhenAborted(_params, { clock, log, signal }) {
    log('INFO', 'waiting')
    await clock.sleep(FOREVER_MS, signal)
    return 'too late'
  },
  async hoardsObjects() {
    const hoard: unknown[] = []
    for (;;) hoard.push({ rows: new Array(100).fill(hoard.length) })
  },
  async hoardsAMap() {
    const hoard = new Map<number, number>()
    for (let index = 0; ; index++) hoard.set(index, index)
  },
  async hoardsOneArray() {
    return new Array(2 ** 28).fill(0.5).length
  },
  async hoardsBuffers() {
    const hoard: Buffer[] = []
    for (;;) hoard.push(Buffer.alloc(10_000_000, 1))
  },
  async exits() {
    process.exit(7)
  },
  async isKilled() {
    process.kill(process.pid, 'SIGKILL')
    await delay(FOREVER_MS)
    return 'never'
  },
  async throwsInACallback() {
    setImmediate(() => {
      throw new RangeError('out of tea')
    })
    await delay(FOREVER_MS)
    return 'never'
  },
  async throws() {
    throw new TypeError('no tea')
  },
  async returnsTooMuch() {
    return 'x'.repeat(70_000)
  },
  async returnsAFunction() {
    return (() => 1) as unknown as Json
  },
  async logsForEver(_params, { log }) {
    for (;;) log('DEBUG', 'tea')
  },
  async asksForAnothersHistory(_params, { history }) {
    const counts = await history.summary('workspace-2', new Date(0), new Date(86_400_000))
    return [counts, await history.due('workspace-2', new Date(0), new Date(1), 'a page')] as unknown as Json
  },
  async tellsOfItself(params, { log, signal: _s, clock: _c, history: _h, heartbeat: _b, progress: _p, ...execution }) {
    for (let line = 0; line < 250; line++) log('INFO', `line ${line}`)
    const scheduledFor = execution.scheduledFor.toISOString()
    return {
      params,
      execution: { ...execution, scheduledFor },
      pid: process.pid,
      // biome-ignore lint/style/noProcessEnv: it shows that nothing is in there.
      variables: Object.keys(process.env),
    } as unknown as Json
  },
}

/** Tasks that do what a task must not. */
export const hostileTasks: ReadonlyMap<string, Task> = new Map(
  Object.entries(runs).map(([name, run]) => [
    name,
    {
      name,
      description: name,
      paramsSchema: { type: 'object' },
      place: 'worker',
      run: async (params, context) => ({ result: await run(params, context), artefacts: [] }),
    },
  ]),
)
