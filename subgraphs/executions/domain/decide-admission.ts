import type { Execution } from './execution.ts'
import type { ExecutionCommand } from './execution-command.ts'
import type { ExecutionEvent } from './execution-event.ts'

/** What admission was decided makes of an execution. Only what was never tried can wait or be skipped. */
export function decideAdmission(
  command: Extract<ExecutionCommand, { type: 'BufferExecution' | 'AdmitExecution' | 'SkipExecution' }>,
  { status, attempts }: Execution,
): readonly ExecutionEvent[] {
  const isFresh = status === 'QUEUED' && attempts.length === 0
  switch (command.type) {
    case 'BufferExecution': {
      const { blockedBy, atMs: bufferedAtMs } = command
      return isFresh ? [{ type: 'ExecutionBuffered', blockedBy, bufferedAtMs }] : []
    }
    case 'AdmitExecution':
      return status === 'WAITING' ? [{ type: 'ExecutionAdmitted', admittedAtMs: command.atMs }] : []
    case 'SkipExecution': {
      const { code, message, blockedBy, atMs: skippedAtMs } = command
      if (!isFresh && status !== 'WAITING') return []
      return [{ type: 'ExecutionSkipped', code, message, blockedBy, skippedAtMs }]
    }
  }
}
