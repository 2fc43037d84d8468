// What the tests of the executor share: a context whose time the test moves, executors in it, and what came of executions.
// Never used outside of tests.
import { afterEach } from 'vitest'
import type { Clock } from '#platform/clock'
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
}

/** Opens a stage. The `clock` of an executor may be another than the database's. */
export async function stage(): Promise<Stage> {
  const clock = movedClock(START)
  const world = await openWorld({ clock })
  const executors: Executor[] = []
  opened.push({ world, clock, executors })
  await world.executions.start()
  return {
    world,
    clock,
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

/** A row of `executions`. */
export interface Shown {
  readonly status: string
  readonly error_code: string | null
  readonly error_message: string | null
  readonly attempts: { status: string; executorId: string; startedAtMs: number; lateResultAtMs: number | null }[]
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
