// What the tests of the executor share: a context whose time the test moves, executors in it, and what came of executions.
// Never used outside of tests.
import { afterEach } from 'vitest'
import type { Clock } from '#platform/clock'
import type { ExecutionPolicy } from '#platform/policy'
import { silentLog } from '#platform/telemetry'
import { type MovedClock, movedClock } from '#platform/testing'
import { openWorld, type World } from '../subgraphs/executions/executions.fixture.ts'
import { type Executor, type ExecutorPorts, openExecutor } from './main.ts'
import { openTaskWorkers, type Task, taskNamed } from './tasks/index.ts'

/** When the moved time begins. */
export const START = new Date('2026-12-01T09:00:00Z')
const opened: { readonly world: World; readonly clock: MovedClock; readonly executors: Executor[] }[] = []

afterEach(async () => {
  for (const { world, executors } of opened.splice(0)) {
    for (const executor of executors) executor.kill()
    await world.close()
  }
})

/** A context whose time the test moves. */
export interface Stage {
  readonly world: World
  readonly clock: MovedClock
  /** An executor that was started. Killed after the test. */
  executor(ports?: Partial<ExecutorPorts>): Promise<Executor>
  /** Kills all of it at once. */
  die(): Promise<void>
}

/**
 * Opens a stage. The `clock` of an executor may be another than the database's.
 *
 * @param before a stage that is over: this one goes on with its time, and its path with what was written there
 */
export async function stage({ path, before }: { path?: string; before?: Stage } = {}): Promise<Stage> {
  const clock = before?.clock ?? movedClock(START)
  const world = await openWorld({ clock, ...(path !== undefined && { path }) })
  const executors: Executor[] = []
  const one = { world, clock, executors }
  opened.push(one)
  await world.executions.start()
  return {
    world,
    clock,
    async die() {
      opened.splice(opened.indexOf(one), 1)
      for (const executor of executors) executor.kill()
      await world.close()
    },
    async executor(ports = {}) {
      const executor = openExecutor({
        executions: world.executions.commands,
        clock,
        log: silentLog(),
        tasks: tasksOf(ports.clock ?? clock),
        httpPolicy: { allowPrivate: false },
        capacity: { loop: 100, worker: 1 },
        ...ports,
      })
      executors.push(executor)
      await executor.start()
      await clock.settle()
      return executor
    },
  }
}

/** The real tasks, and others beside them. */
export function tasksOf(clock: Clock, ...more: Task[]): ExecutorPorts['tasks'] {
  const { runTask } = openTaskWorkers({ clock })
  return { runTask, taskNamed: (name) => more.find((task) => task.name === name) ?? taskNamed(name) }
}

/** What asks for a SLEEP. */
export const sleeping = (durationMs: number) => ({ jobType: 'SLEEP', params: JSON.stringify({ durationMs }) })

/** What a test has a task do. */
export const taskOf = (name: string, run: Task['run']): Task => ({
  name,
  description: name,
  paramsSchema: { type: 'object' },
  place: 'loop',
  run,
})

/** What asks for a job type with a policy; it may overlap. */
export const asking = (jobType: string, policy: Partial<ExecutionPolicy> = {}) => ({
  jobType,
  policy: JSON.stringify({ overlap: 'ALLOW_ALL', ...policy }),
})

/** A row of `executions`. */
export interface Shown {
  readonly status: string
  readonly error_code: string | null
  readonly error_message: string | null
  readonly result: string | null
  readonly retry_at: number | null
  readonly finished_at: number | null
  readonly cancellation: string | null
  readonly attempts: {
    status: string
    executorId: string
    startedAtMs: number
    finishedAtMs: number | null
    lateResultAtMs: number | null
    error: { code: string } | null
  }[]
}

/** An execution as it is now; the only one when no id is given. */
export async function shown({ world }: Stage, id?: string): Promise<Shown> {
  const sql = `select * from executions where id = coalesce(?, id) order by id`
  const row = await world.database.reader.get<Omit<Shown, 'attempts'> & { attempts: string }>(sql, [id ?? null])
  if (!row) throw new Error('there is no such execution')
  return { ...row, attempts: JSON.parse(row.attempts) as Shown['attempts'] }
}

/** All that was logged: number, attempt and message. */
export async function lines({ world }: Stage): Promise<string[]> {
  const chunks = await world.database.reader.all<{ first_seq: number; attempt: number; lines: string }>(
    'select first_seq, attempt, "lines" from log_chunks order by execution_id, first_seq',
  )
  return chunks.flatMap((chunk) =>
    (JSON.parse(chunk.lines) as { message: string }[]).map(
      ({ message }, index) => `${chunk.first_seq + index} ${chunk.attempt} ${message}`,
    ),
  )
}
