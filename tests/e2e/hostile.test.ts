import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, isOnStack, startSystem } from '#platform/testing'
import { HOSTILE_FILES } from '../../executor/tasks/testing/hostile-folder.ts'
import { processesWith } from '../../executor/tasks/testing/shell-scene.ts'
import { createJob, eventually, openWorld } from './world.ts'

// A folder of tasks that is nowhere near ours: eight that do what a task must not, an innocent one, and that of the docs.
const folder = mkdtempSync(join(tmpdir(), 'carillon-hostile-'))
for (const file of HOSTILE_FILES.map((url) => fileURLToPath(url))) copyFileSync(file, join(folder, basename(file)))
const page = readFileSync(new URL('../../docs/write-a-task.md', import.meta.url), 'utf8')
writeFileSync(join(folder, 'disk-space.ts'), /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
mkdirSync(join(folder, 'not-looked-at'))
afterAll(() => rmSync(folder, { recursive: true }))

const world = openWorld({ TASKS_DIR: folder, SHELL_JOBS: 'on', TASK_WORKERS: '8' })
let client: ApiClient
beforeAll(async () => {
  client = await world.user()
})

interface Ended {
  readonly status: string
  readonly error: { readonly code: string } | null
  readonly result: unknown
  readonly attempts: readonly { readonly status: string; readonly executor: string }[]
}

const TRIGGER = 'mutation ($id: ID!) { triggerJob(id: $id) { executionId } }'
const EXECUTION = `query ($id: ID!) { execution(id: $id) { status result error { code message }
  attempts { status executor } logs(first: 100) { edges { node { message } } } } }`

async function started(jobType: string, params: object, more: object = {}): Promise<string> {
  const id = await createJob(client, { jobType, schedule: '@manually', params, ...more })
  const { triggerJob } = await client.data<{ triggerJob: { executionId: string } }>(TRIGGER, { id })
  return triggerJob.executionId
}

async function ended(id: string): Promise<Ended> {
  const { execution } = await eventually(
    () => client.data<{ execution: Ended | null }>(EXECUTION, { id }),
    (answer) => !['QUEUED', 'RUNNING', undefined].includes(answer.execution?.status),
    30_000,
  )
  return execution!
}

/** Runs it beside innocent ones, in a process and on the loop, which must end well and in their first attempt. */
async function besideInnocents(jobType: string, params: object, isTimed: boolean): Promise<Ended> {
  const timeouts = { startToClose: '1s' }
  const [hostile, ...innocents] = await Promise.all([
    started(jobType, params, isTimed ? { timeouts } : {}),
    started('INNOCENT', { turns: 3 }),
    started('SLEEP', { durationMs: 300 }),
  ])
  for (const innocent of await Promise.all(innocents.map(ended))) {
    expect(innocent).toMatchObject({ status: 'SUCCEEDED', attempts: [{ status: 'SUCCEEDED' }] })
  }
  const outcome = await ended(hostile)
  // Nobody was lost: the lease of whoever ran it was kept all the time.
  expect(outcome.attempts).toHaveLength(1)
  expect(outcome.attempts[0]!.status).not.toBe('LOST')
  return outcome
}

describe.concurrent('a task that', () => {
  test.for([
    ['blocks its thread', 'HOSTILE_BLOCKS', {}, 'TIMED_OUT', 'START_TO_CLOSE'],
    ['takes memory without end', 'HOSTILE_HOARDS', {}, 'FAILED', 'TASK_OUT_OF_MEMORY'],
    ['ignores its signal', 'HOSTILE_IGNORES', {}, 'TIMED_OUT', 'START_TO_CLOSE'],
    ['ends its process', 'HOSTILE_EXITS', {}, 'FAILED', 'TASK_CRASHED'],
    ['floods its log', 'HOSTILE_FLOODS', {}, 'TIMED_OUT', 'START_TO_CLOSE'],
    ['returns too much', 'HOSTILE_RETURNS', {}, 'FAILED', 'TASK_RESULT_TOO_LARGE'],
    ['throws what cannot be read', 'HOSTILE_THROWS', { where: 'here' }, 'FAILED', 'TASK_FAILED'],
    ['leaves a rejection to nobody', 'HOSTILE_THROWS', { where: 'nowhere' }, 'FAILED', 'TASK_CRASHED'],
  ] as const)('%s ends as it must, and nobody else notices', async ([, jobType, params, status, code]) => {
    expect(await besideInnocents(jobType, params, status === 'TIMED_OUT')).toMatchObject({ status, error: { code } })
  })

  test('leaves timers and processes behind leaves none, whether it settles or not', async () => {
    const mark = `mark-e2e-${process.pid}`
    const [settled, unsettled] = await Promise.all([
      besideInnocents('HOSTILE_LEAVES', { mark, settles: true }, false),
      besideInnocents('HOSTILE_LEAVES', { mark, settles: false }, true),
    ])
    expect([settled.status, unsettled.status]).toEqual(['SUCCEEDED', 'TIMED_OUT'])
    await eventually(
      async () => processesWith(mark),
      (pids) => pids.length === 0,
      5_000,
    )
  })

  test('is on a page of the docs runs as it stands there', async () => {
    expect(await ended(await started('DISK_SPACE', { path: '/', freePercentMin: 1 }))).toMatchObject({
      status: 'SUCCEEDED',
      result: { path: '/' },
    })
    expect(await ended(await started('DISK_SPACE', { path: '/proc', freePercentMin: 99 }))).toMatchObject({
      status: 'FAILED',
      error: { code: 'DISK_NEARLY_FULL' },
    })
  })
})

test('job types show the tasks of the folder and SHELL, and params are checked by their schemas', async () => {
  const { jobTypes } = await client.data<{ jobTypes: { name: string }[] }>('{ jobTypes { name } }')
  const names = jobTypes.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['ECHO', 'DISK_SPACE', 'HOSTILE_BLOCKS', 'INNOCENT', 'SHELL']))
  for (const [jobType, params] of [
    ['INNOCENT', { turns: 0 }],
    ['DISK_SPACE', {}],
    ['SHELL', { argv: [] }],
  ] as const) {
    await expect(createJob(client, { jobType, schedule: '@manually', params })).rejects.toThrow(jobType)
  }
})

test('a command that ignores every wish is killed with all that it has started when it is cancelled', async () => {
  const mark = `mark-shell-${process.pid}`
  const text = `trap '' TERM HUP; setsid sh -c 'sleep 1000; true' ${mark} & echo "hello $0"; while :; do sleep 1; done`
  const id = await started('SHELL', { argv: ['sh', '-c', text, mark] }, { cancelGrace: '0s' })
  await expect.poll(() => processesWith(mark).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(2)
  await client.data('mutation ($id: ID!) { cancelExecution(id: $id) { id } }', { id })
  expect(await ended(id)).toMatchObject({ status: 'CANCELLED' })
  await expect.poll(() => processesWith(mark), { timeout: 5_000 }).toEqual([])
})

// On the stack each of two services refuses by the same code, and takes the launcher with it.
if (!isOnStack()) {
  test('nothing starts while the folder holds what is no task, and each file is named with its reason', async () => {
    const TASKS_DIR = join(world.folder, 'bad-tasks')
    mkdirSync(TASKS_DIR)
    writeFileSync(join(TASKS_DIR, 'empty.ts'), 'export {}')
    const starting = startSystem({ dataDirectory: join(world.folder, 'other'), environment: { TASKS_DIR } })
    await expect(starting).rejects.toThrow(
      /exited with 2 [\s\S]*bad-tasks cannot be used:\n {2}empty\.ts: exports no task/,
    )
  })
}
