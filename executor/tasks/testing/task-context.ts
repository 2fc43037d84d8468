import { systemClock } from '#platform/clock'
import type { LogLevel, TaskContext } from '../task.ts'

/** A context for tests, with the lines that were logged. */
export interface TestContext extends TaskContext {
  readonly lines: readonly (readonly [LogLevel, string])[]
}

/** A context on the system's clock, with an empty history, that may reach public addresses only; `changes` replace its parts. */
export function taskContext(changes: Partial<TaskContext> = {}): TestContext {
  const lines: (readonly [LogLevel, string])[] = []
  return {
    executionId: '019ab000-0000-7000-8000-000000000001',
    attempt: 2,
    jobId: 'job-1',
    workspaceId: 'workspace-1',
    scheduledFor: new Date('2026-11-23T00:05:00Z'),
    signal: new AbortController().signal,
    clock: systemClock(),
    history: { summary: async () => [], due: async () => ({ executions: [], next: null }) },
    httpPolicy: { allowPrivate: false },
    grant: null,
    heartbeat: () => undefined,
    progress: () => undefined,
    log: (level, message) => lines.push([level, message]),
    ...changes,
    lines,
  }
}
