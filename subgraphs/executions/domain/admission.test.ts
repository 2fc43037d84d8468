import { expect, test } from 'vitest'
import { scenario } from '#platform/testing'
import { admitArrivals } from './admit-arrivals.ts'
import { execution } from './execution.ts'
import type { ExecutionCommand } from './execution-command.ts'
import type { ExecutionEvent } from './execution-event.ts'
import { nextTimer } from './timers.ts'

const { given } = scenario(execution)
const T = 1_000_000
const SKIP = { code: 'SKIPPED_OVERLAP', message: 'e0 was open', blockedBy: 'e0' } as const

const queued = (policy = '{}'): ExecutionEvent => ({
  type: 'ExecutionQueued',
  ...{
    executionId: 'e1',
    workspaceId: 'w',
    jobId: 'j',
    jobVersion: 1,
    jobType: 'ECHO',
    params: '{}',
    cause: 'schedule',
  },
  ...{ scheduledAtMs: T, queuedAtMs: T, policy },
})
const buffered: ExecutionEvent = { type: 'ExecutionBuffered', blockedBy: 'e0', bufferedAtMs: T }
const admitted: ExecutionEvent = { type: 'ExecutionAdmitted', admittedAtMs: T + 9 }
const skipped: ExecutionEvent = { type: 'ExecutionSkipped', ...SKIP, skippedAtMs: T }
const started: ExecutionEvent = { type: 'AttemptStarted', attempt: 1, executorId: 'x', startedAtMs: T }

const buffer: ExecutionCommand = { type: 'BufferExecution', blockedBy: 'e0', atMs: T }
const admit: ExecutionCommand = { type: 'AdmitExecution', atMs: T + 9 }
const skip: ExecutionCommand = { type: 'SkipExecution', ...SKIP, atMs: T }
const start: ExecutionCommand = { type: 'StartAttempt', executorId: 'x', atMs: T }
const BY = { kind: 'SUPERSEDED', executionId: 'e2' } as const
const supersede = (isAtOnce: boolean): ExecutionCommand => {
  return { type: 'RequestCancel', by: BY, reason: 'newer', isAtOnce, atMs: T }
}
const asked: ExecutionEvent = { type: 'CancelRequested', by: BY, reason: 'newer', requestedAtMs: T }
const cancelled: ExecutionEvent = { type: 'ExecutionCancelled', cancelledAtMs: T }

test('what waits is admitted once, and cannot start before', () => {
  given(queued()).when(buffer).yields(buffered)
  given(queued(), buffered).when(start).yields()
  given(queued(), buffered).when(admit).yields(admitted)
  given(queued(), buffered, admitted).when(admit).yields()
  given(queued(), buffered, admitted).when(start).yields(started)
  const ran = [queued(), started, { type: 'AttemptLost', attempt: 1, reason: 'EXECUTOR_LOST', lostAtMs: T } as const]
  given(...ran)
    .when(buffer)
    .yields()
})

test('what comes is skipped, and so is what waits; what has started is not', () => {
  given(queued()).when(skip).yields(skipped)
  given(queued(), buffered).when(skip).yields(skipped)
  given(queued(), started).when(skip).yields()
  given(queued(), skipped).when(skip).yields()
  for (const late of [start, admit, buffer, supersede(true)]) given(queued(), skipped).when(late).yields()
})

test('what waits ends at once when it is cancelled, and its time-outs run', () => {
  given(queued(), buffered).when(supersede(false)).yields(asked, cancelled)
  const timed = queued('{"scheduleToStartMs":5000,"scheduleToCloseMs":9000}')
  const fire = (atMs: number): ExecutionCommand => ({ type: 'FireTimer', heartbeatAtMs: null, jitter: 0, atMs })
  given(timed, buffered)
    .when(fire(T + 4_999))
    .yields()
  given(timed, buffered)
    .when(fire(T + 5_000))
    .yields({ type: 'ExecutionExpired', expiredAtMs: T + 5_000 })
  const waiting = [timed, buffered].reduce(execution.evolve, execution.initial)
  expect(waiting).toMatchObject({ status: 'WAITING', blockedBy: 'e0' })
  expect(waiting && nextTimer(waiting, null)).toEqual({ kind: 'SCHEDULE_TO_START', atMs: T + 5_000 })
})

test('what runs is asked to end when it is superseded, or ended at once', () => {
  given(queued(), started).when(supersede(false)).yields(asked)
  given(queued(), started).when(supersede(true)).yields(asked, cancelled)
  given(queued(), started, asked).when(supersede(false)).yields()
  given(queued(), started, asked).when(supersede(true)).yields(cancelled)
})

test('arrivals that come together are decided one after another', () => {
  const arrivals = ['CANCEL_OTHER', 'SKIP', 'BUFFER_ONE', 'TERMINATE_OTHER'].map((overlap, index) => {
    return { executionId: `e${index + 1}`, jobId: 'j', policy: JSON.stringify({ overlap }) }
  })
  const told = admitArrivals(arrivals, new Map([['j', [{ id: 'e0', stage: 'RUNNING' }]]]), T)
  const brief = [...told].map(([id, commands]) => `${id}: ${commands.map(({ type }) => type).join(' ')}`)
  expect(brief.toSorted()).toEqual([
    'e0: RequestCancel RequestCancel',
    'e1: BufferExecution SkipExecution',
    'e2: SkipExecution',
    'e3: SkipExecution',
  ])
  expect(told.get('e1')?.at(-1)).toMatchObject({ code: 'DROPPED_BUFFER', blockedBy: 'e4' })
  expect(told.get('e0')?.map((command) => 'isAtOnce' in command && command.isAtOnce)).toEqual([false, true])
  expect(told.has('e4')).toBe(false)
})
