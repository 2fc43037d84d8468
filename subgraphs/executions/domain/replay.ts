import { DomainError } from '#platform/domain'
import { defaultPolicy, type Overlap, policyOf, policyText, withOverlap } from '#platform/policy'
import type { ExecutionStatus } from './execution.ts'
import { isEnd } from './execution.ts'

/** What of the past is to be run again. Plain JSON. */
export interface ReplayFilter {
  readonly jobId: string | null
  /** Ends only. */
  readonly statuses: readonly ExecutionStatus[]
  /** When they ended: from, included, up to, not included. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Exactly this one, or, as `trigger:`, all of a kind. */
  readonly cause: string | null
  readonly errorCode: string | null
  /** Also what was retried or replayed already. */
  readonly rerun: boolean
}

/** By which definition of its job an execution is run again. */
export type ReplayParams = 'ORIGINAL' | 'LATEST'

/** All that a replay was asked for. The same again is the same replay. */
export interface ReplayRequest {
  readonly filter: ReplayFilter
  readonly params: ReplayParams
  /** Null lets one after another run, or all beside each other where the job lets them. */
  readonly overlap: Overlap | null
  readonly executionsPerMinuteMax: number
}

/** How far a replay is. Nothing more is queued of one that was stopped; what it queued goes on. */
export type ReplayState = 'DRY_RUN' | 'RUNNING' | 'STOPPED' | 'COMPLETED'

/** A set of executions that are run again. Plain JSON: it is also what the change feed carries. */
export interface Replay extends ReplayRequest {
  /** Null of a dry run. */
  readonly id: string | null
  readonly workspaceId: string
  readonly requestedBy: string
  readonly requestedAtMs: number
  readonly state: ReplayState
  readonly selectedCount: number
  readonly queuedCount: number
  /** How what was queued fares. */
  readonly outcomes: readonly { readonly status: ExecutionStatus; readonly count: number }[]
  /** When the last of its executions ended. */
  readonly endedAtMs: number | null
  readonly version: number
}

/** The most executions that one replay runs again. */
export const REPLAYED_MAX = 10_000

/** How many executions of a replay may be open at once: the rest waits where nothing is dropped. */
export const REPLAY_OPEN_MAX = 100

const PER_MINUTE = { default: 600, max: 60_000 } as const
const DEFAULT_STATUSES: readonly ExecutionStatus[] = ['FAILED', 'TIMED_OUT', 'EXPIRED']
const TEXT_LENGTH_MAX = 191

/** What somebody asked for, before it is checked. */
export interface ReplayInput {
  readonly filter: { readonly [Field in keyof ReplayFilter]?: ReplayFilter[Field] | undefined }
  readonly params?: ReplayParams | undefined
  readonly overlap?: Overlap | undefined
  readonly executionsPerMinuteMax?: number | undefined
}

/** Checks what is to be run again, and fills in what was left out. @throws {DomainError} BAD_USER_INPUT */
export function replayRequest({ filter, params = 'ORIGINAL', overlap, ...pace }: ReplayInput): ReplayRequest {
  const { jobId = null, statuses = DEFAULT_STATUSES, fromMs = null, toMs = null } = filter
  const { cause = null, errorCode = null, rerun = false } = filter
  const perMinuteMax = pace.executionsPerMinuteMax ?? PER_MINUTE.default
  const open = statuses.find((status) => !isEnd(status))
  if (open) throw wrong('filter.statuses', `what is ${open} has not ended, and cannot be run again`)
  if (statuses.length === 0) throw wrong('filter.statuses', 'name at least one status')
  if (fromMs !== null && toMs !== null && fromMs >= toMs) throw wrong('filter.from', 'from must be before to')
  for (const [name, text] of Object.entries({ jobId, cause, errorCode })) {
    if (text === '' || (text?.length ?? 0) > TEXT_LENGTH_MAX) {
      throw wrong(`filter.${name}`, `${name} has from 1 to ${TEXT_LENGTH_MAX} characters`)
    }
  }
  if (!Number.isInteger(perMinuteMax) || perMinuteMax < 1 || perMinuteMax > PER_MINUTE.max) {
    throw wrong('executionsPerMinuteMax', `executionsPerMinuteMax is from 1 to ${PER_MINUTE.max}`)
  }
  const chosen = [...new Set(statuses)].sort()
  const checked = { jobId, statuses: chosen, fromMs, toMs, cause, errorCode, rerun }
  return { filter: checked, params, overlap: overlap ?? null, executionsPerMinuteMax: perMinuteMax }
}

/** The policy by which one of a replay's executions is run: nothing of it is dropped unless that was asked for. */
export function replayPolicy(policy: string, overlap: Overlap | null): string {
  if (overlap !== null) return withOverlap(policy, overlap)
  const original = policyOf(policy)
  if (original.overlap === 'ALLOW_ALL') return policy
  return policyText({ ...original, overlap: 'BUFFER_ALL', bufferMax: defaultPolicy.bufferMax })
}

const LOOK_MS = 1_000
const BATCH_MAX = 100

/** How many executions a replay may queue in one look, when so many of it are open. */
export function replayBatch(executionsPerMinuteMax: number, openCount: number): number {
  const paced = Math.max(1, Math.floor((executionsPerMinuteMax * LOOK_MS) / 60_000))
  return Math.max(0, Math.min(paced, BATCH_MAX, REPLAY_OPEN_MAX - openCount))
}

/** When a replay that has just queued so many is to be looked at again: never sooner than its pace lets it. */
export function replayDueMs(executionsPerMinuteMax: number, queued: number, atMs: number): number {
  return atMs + (queued > 0 ? Math.ceil((queued * 60_000) / executionsPerMinuteMax) : LOOK_MS)
}

function wrong(argument: string, message: string): DomainError {
  return new DomainError('BAD_USER_INPUT', message, { argument })
}
