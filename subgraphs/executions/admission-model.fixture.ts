// What admission should do, told as plainly as can be, and a driver that lets a model and a world go the same way.
// Never used outside of tests.
import type { Overlap } from '#platform/policy'
import { seeded } from '#platform/testing'
import type { Arrival } from './domain/admit-arrivals.ts'
import type { ExecutionCommand } from './domain/execution-command.ts'

/** What is tested: executions that come, and what happens to single ones. */
export interface World {
  arrive(arrivals: readonly Arrival[], atMs: number): Promise<void>
  act(executionId: string, command: ExecutionCommand): Promise<void>
  /** The statuses of all that are open, by id, and how many ended as what. */
  shown(): Promise<Shown>
}

/** What a world and a model must agree on. */
export interface Shown {
  readonly open: readonly string[]
  readonly ended: Readonly<Record<string, number>>
}

interface JobModel {
  /** All that may run or does, in back-off and held included. */
  active: string[]
  /** Behind them, the first first. */
  waiting: string[]
}

/** Obviously right: two lists a job, and what each policy does to them. */
class Model {
  readonly #jobs = new Map<string, JobModel>()
  readonly #jobOf = new Map<string, JobModel>()
  readonly status = new Map<string, string>()
  readonly ended: Record<string, number> = {}
  /** Running, and asked to end. */
  readonly asked = new Set<string>()
  readonly tried = new Set<string>()

  /** @returns what becomes of it */
  arrive(id: string, jobId: string, overlap: Overlap, bufferMax: number): string {
    const job = this.#jobs.get(jobId) ?? { active: [], waiting: [] }
    this.#jobs.set(jobId, job)
    this.#jobOf.set(id, job)
    if (job.active.length === 0) return this.#admit(job, id)
    switch (overlap) {
      case 'ALLOW_ALL':
        return this.#admit(job, id)
      case 'SKIP':
        return this.#close(id, 'SKIPPED_OVERLAP')
      case 'BUFFER_ONE':
        return job.waiting.length < 1 ? this.#wait(job, id) : this.#close(id, 'DROPPED_BUFFER')
      case 'BUFFER_ALL':
        return job.waiting.length < bufferMax ? this.#wait(job, id) : this.#close(id, 'DROPPED_BUFFER')
      case 'CANCEL_OTHER':
        this.#dropWaiting(job)
        for (const other of [...job.active]) {
          if (this.status.get(other) === 'RUNNING') this.asked.add(other)
          else this.#leave(other, 'CANCELLED')
        }
        return job.active.length === 0 ? this.#admit(job, id) : this.#wait(job, id)
      case 'TERMINATE_OTHER':
        this.#dropWaiting(job)
        for (const other of [...job.active]) this.#leave(other, 'CANCELLED')
        return this.#admit(job, id)
    }
  }

  /** Whoever waited longest is next, once nobody is before it. */
  end(id: string, status: string): void {
    const job = this.#jobOf.get(id)
    this.#leave(id, status)
    if (!job || job.active.length > 0) return
    const next = job.waiting.shift()
    if (next !== undefined) this.#admit(job, next)
  }

  shown(): Shown {
    return { open: [...this.status].map(([id, status]) => `${id} ${status}`).sort(), ended: this.ended }
  }

  #admit(job: JobModel, id: string): string {
    job.active.push(id)
    this.status.set(id, 'QUEUED')
    return 'QUEUED'
  }

  #wait(job: JobModel, id: string): string {
    job.waiting.push(id)
    this.status.set(id, 'WAITING')
    return 'WAITING'
  }

  #dropWaiting(job: JobModel): void {
    for (const id of job.waiting.splice(0)) this.#close(id, 'DROPPED_BUFFER')
  }

  #leave(id: string, status: string): void {
    const job = this.#jobOf.get(id)
    if (job) {
      job.active = job.active.filter((other) => other !== id)
      job.waiting = job.waiting.filter((other) => other !== id)
    }
    this.#close(id, status)
  }

  #close(id: string, status: string): string {
    this.status.delete(id)
    this.asked.delete(id)
    this.ended[status] = (this.ended[status] ?? 0) + 1
    return status
  }
}

const OVERLAPS: readonly Overlap[] = [
  'SKIP',
  'BUFFER_ONE',
  'BUFFER_ALL',
  'CANCEL_OTHER',
  'TERMINATE_OTHER',
  'ALLOW_ALL',
]
const JOBS = 4
const BUFFER_MAX = 3
const LATER_MS = 10_000_000

/**
 * Lets a world and the model go the same random way, and compares them after each step.
 *
 * @returns the first step after which they differ, with what each shows; null when they never do
 */
export async function firstDifference(world: World, { seed, steps }: { seed: number; steps: number }) {
  const random = seeded(seed)
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)]
  const model = new Model()
  let made = 0
  const homes = Array.from({ length: JOBS }, () => pick(OVERLAPS) ?? 'SKIP')

  async function arrive(atMs: number): Promise<string> {
    const arrivals: Arrival[] = []
    for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
      const job = Math.floor(random() * JOBS)
      const overlap = (random() < 0.7 ? homes[job] : pick(OVERLAPS)) ?? 'SKIP'
      const executionId = `e${String(++made).padStart(8, '0')}`
      const onUnknown = random() < 0.5 ? 'HOLD' : 'RETRY'
      const policy = { overlap, bufferMax: BUFFER_MAX, attemptsMax: 100, scheduleToStartMs: LATER_MS, onUnknown }
      arrivals.push({ executionId, jobId: `j${job}`, policy: JSON.stringify(policy) })
      holds.set(executionId, onUnknown === 'HOLD')
      model.arrive(executionId, `j${job}`, overlap, BUFFER_MAX)
    }
    await world.arrive(arrivals, atMs)
    return `arrive ${arrivals.map(({ executionId, jobId, policy }) => `${executionId} ${jobId} ${policy}`).join(', ')}`
  }
  const holds = new Map<string, boolean>()
  const attempts = new Map<string, number>()

  function next(id: string, status: string, atMs: number): ExecutionCommand {
    const by = { kind: 'USER', userId: 'u' } as const
    const over = (end: string): void => model.end(id, model.asked.has(id) ? 'CANCELLED' : end)
    const timer = { type: 'FireTimer', heartbeatAtMs: null, jitter: 0, atMs: atMs + LATER_MS } as const
    if (random() < 0.15) {
      if (status === 'RUNNING') model.asked.add(id)
      else model.end(id, 'CANCELLED')
      return { type: 'RequestCancel', by, reason: '', atMs }
    }
    switch (status) {
      case 'QUEUED':
        if (!model.tried.has(id) && random() < 0.1) {
          model.end(id, 'EXPIRED')
          return timer
        }
        model.tried.add(id)
        attempts.set(id, (attempts.get(id) ?? 0) + 1)
        model.status.set(id, 'RUNNING')
        return { type: 'StartAttempt', executorId: 'x', atMs }
      case 'WAITING':
        model.end(id, 'EXPIRED')
        return timer
      case 'RETRYING':
        model.status.set(id, 'QUEUED')
        return timer
      case 'HELD':
        if (random() < 0.5) {
          model.end(id, 'FAILED')
          return { type: 'FailExecution', by: 'u', reason: '', atMs }
        }
        model.status.set(id, 'QUEUED')
        return { type: 'ReleaseExecution', by: 'u', atMs }
      default:
        return ofRunning(id, atMs, over)
    }
  }

  function ofRunning(id: string, atMs: number, over: (end: string) => void): ExecutionCommand {
    const attempt = attempts.get(id) ?? 1
    const chance = random()
    if (chance < 0.4) {
      model.end(id, 'SUCCEEDED')
      return { type: 'FinishAttempt', attempt, outcome: { status: 'SUCCEEDED', result: '1' }, jitter: 0, atMs }
    }
    if (chance < 0.6) {
      if (model.asked.has(id)) over('CANCELLED')
      else model.status.set(id, holds.get(id) ? 'HELD' : 'QUEUED')
      return { type: 'LoseAttempt', attempt, reason: 'EXECUTOR_STOPPED', heartbeatAtMs: null, jitter: 0, atMs }
    }
    const isFinal = chance < 0.8
    if (isFinal || model.asked.has(id)) over('FAILED')
    else model.status.set(id, 'RETRYING')
    const outcome = { status: 'FAILED', error: { code: 'NO', message: '' }, isFinal } as const
    return { type: 'FinishAttempt', attempt, outcome, jitter: 0, atMs }
  }

  async function act(atMs: number): Promise<string | null> {
    const [id, status] = pick([...model.status]) ?? []
    // Most of what waits goes on waiting.
    if (id === undefined || status === undefined || (status === 'WAITING' && random() < 0.9)) return null
    const command = next(id, status, atMs)
    await world.act(id, command)
    return `${command.type} of ${id}, which was ${status}`
  }

  for (let step = 1; step <= steps; step++) {
    const done = random() < 0.3 ? await arrive(step) : await act(step)
    if (done === null) continue
    const [expected, actual] = [model.shown(), await world.shown()]
    if (JSON.stringify(expected.open) === JSON.stringify(actual.open) && isSame(expected.ended, actual.ended)) continue
    return { seed, step, done, expected, actual }
  }
  return null
}

function isSame(one: Shown['ended'], other: Shown['ended']): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) => (one[key] ?? 0) === (other[key] ?? 0))
}
