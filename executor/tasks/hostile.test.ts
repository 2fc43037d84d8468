import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openCatalogue, reservedNames } from './catalogue.ts'
import { readTasksFolder } from './folder/read-tasks-folder.ts'
import type { JsonObject, TaskContext } from './task.ts'
import { HOSTILE_FILES, HOSTILE_FOLDER } from './testing/hostile-folder.ts'
import { processesWith } from './testing/shell-scene.ts'
import { taskContext } from './testing/task-context.ts'
import { openTaskWorkers } from './worker/task-workers.ts'

interface Left {
  readonly pid: number
  readonly pids: readonly number[]
}

const GRACE_MS = 100
const TURNS = 5
const clock = systemClock()
const tasks = { foreign: await readTasksFolder(HOSTILE_FOLDER, reservedNames) }
const catalogue = openCatalogue(tasks)
const workers = openTaskWorkers({ clock, size: 2, graceMs: GRACE_MS, heapMegabytesMax: 48, tasks })
afterAll(workers.close)

function run(name: string, params: JsonObject = {}, changes: Partial<TaskContext> = {}) {
  expect(catalogue.checkParams(name, params)).toEqual([])
  return workers.runTask(catalogue.taskNamed(name)!, params, taskContext(changes))
}

/** Runs it beside an innocent one, which must end well, and asks it to end once it has said something. */
async function besideAnInnocent(name: string, params: JsonObject = {}): Promise<unknown> {
  const abort = new AbortController()
  const lines: string[] = []
  const neighbour = run('INNOCENT', { turns: TURNS }, { log: (_level, message) => lines.push(message) })
  const hostile = run(name, params, { signal: abort.signal, log: () => setImmediate(() => abort.abort()) })
  const [outcome] = await Promise.allSettled([hostile])
  expect((await neighbour).result).toMatchObject({ turns: TURNS })
  expect(lines).toEqual(Array.from({ length: TURNS }, (_, turn) => `turn ${turn + 1}`))
  return outcome.status === 'fulfilled' ? outcome.value : outcome.reason
}

test('the folder has eight of them and one that is innocent', () => {
  expect(tasks.foreign.map(({ file }) => file)).toEqual(HOSTILE_FILES.map((url) => fileURLToPath(url)))
})

test('what blocks its thread is killed when it is asked to end', async () => {
  expect(await besideAnInnocent('HOSTILE_BLOCKS')).toMatchObject({ code: 'TASK_ABORTED' })
})

test('what takes memory without end is killed at its limit', async () => {
  const ended = run('HOSTILE_HOARDS')
  await expect(ended).rejects.toMatchObject({ code: 'TASK_OUT_OF_MEMORY' })
  expect((await run('INNOCENT', { turns: 1 })).result).toMatchObject({ turns: 1 })
})

test('what ignores its signal is killed when its grace is over', async () => {
  expect(await besideAnInnocent('HOSTILE_IGNORES')).toMatchObject({ code: 'TASK_ABORTED' })
})

test('what ends its process fails alone', async () => {
  await expect(run('HOSTILE_EXITS')).rejects.toMatchObject({ code: 'TASK_CRASHED', message: /exit code 7/ })
  expect((await run('INNOCENT', { turns: 1 })).result).toMatchObject({ turns: 1 })
})

test('what floods its log, and says without end that it is alive, is killed when it is asked to end', async () => {
  expect(await besideAnInnocent('HOSTILE_FLOODS')).toMatchObject({ code: 'TASK_ABORTED' })
})

test('what returns too much is refused', async () => {
  expect(await besideAnInnocent('HOSTILE_RETURNS')).toMatchObject({ code: 'TASK_RESULT_TOO_LARGE' })
})

test.each([
  ['here', 'TASK_FAILED'],
  ['in JavaScript', 'TASK_FAILED'],
  ['where nobody catches it', 'TASK_CRASHED'],
])('what throws odd things %s fails as %s', async (where, code) => {
  expect(await besideAnInnocent('HOSTILE_THROWS', { where })).toMatchObject({ name: 'TaskError', code })
})

test('what leaves timers and processes behind leaves none', async () => {
  const mark = `mark-left-${process.pid}`
  const left = (await run('HOSTILE_LEAVES', { mark, settles: true })).result as unknown as Left
  expect(left.pids.every((pid) => pid > 0)).toBe(true)
  expect(processesWith(mark)).toEqual([])
  expect(processesWith('worker-main.ts')).not.toContain(left.pid)
})

test('what never settles is killed with all that it has started', async () => {
  const mark = `mark-unsettled-${process.pid}`
  expect(await besideAnInnocent('HOSTILE_LEAVES', { mark, settles: false })).toMatchObject({ code: 'TASK_ABORTED' })
  expect(processesWith(mark)).toEqual([])
})

test('nothing runs in a process that a task of somebody else has been in', async () => {
  const one = (await run('INNOCENT', { turns: 1 })).result as { pid: number }
  const other = (await run('INNOCENT', { turns: 1 })).result as { pid: number }
  expect(other.pid).not.toBe(one.pid)
})
