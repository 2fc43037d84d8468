import type { Overlap } from './admission.ts'
import type { Rate } from './token-bucket.ts'
import type { Unique } from './unique.ts'

/** What happens to an execution that was started, and of which nobody knows how it ended. */
export type OnUnknown = 'RETRY' | 'SKIP' | 'HOLD'

/** How executions of a job are run. Plain JSON; what is left out means the default. */
export interface ExecutionPolicy {
  /** How many attempts may fail or time out. Attempts whose executor was lost are counted apart. */
  readonly attemptsMax: number
  readonly backoffMs: number
  readonly backoffMsMax: number
  /** Codes of errors after which no attempt follows. */
  readonly nonRetryable: readonly string[]
  /** An execution that has not started by then expires. Null is never, as for the others. */
  readonly scheduleToStartMs: number | null
  /** Of one attempt. */
  readonly startToCloseMs: number | null
  /** Of all attempts together, from when it was queued. */
  readonly scheduleToCloseMs: number | null
  /** An attempt that is silent for so long is given up. */
  readonly heartbeatMs: number | null
  readonly onUnknown: OnUnknown
  /** How long a task may take to end once it was asked to. */
  readonly cancelGraceMs: number
  /** How long an execution is kept after it has ended; null is as its workspace has it, as for its log. */
  readonly executionsKeptMs: number | null
  readonly logsKeptMs: number | null
  /** From 0 to 9: what has a higher one is started first. */
  readonly priority: number
  /** A path into the params, `params.customer`: executions with the same value there share their limits. Null: those of the job. */
  readonly concurrencyKey: string | null
  /** How many with its key may run at a time. Null is without limit, as for the rate. */
  readonly concurrencyMax: number | null
  /** How often attempts with its key may start. */
  readonly rate: Rate | null
  /** What is done while another execution of the job is open. */
  readonly overlap: Overlap
  /** With BUFFER_ALL: how many may wait. */
  readonly bufferMax: number
  /** Null lets through whatever comes. */
  readonly unique: Unique | null
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS

/** What holds where nothing is said. */
export const defaultPolicy: ExecutionPolicy = {
  attemptsMax: 1,
  backoffMs: SECOND_MS,
  backoffMsMax: 15 * MINUTE_MS,
  nonRetryable: [],
  scheduleToStartMs: null,
  startToCloseMs: 60 * MINUTE_MS,
  scheduleToCloseMs: null,
  heartbeatMs: null,
  onUnknown: 'RETRY',
  cancelGraceMs: 10 * SECOND_MS,
  executionsKeptMs: null,
  logsKeptMs: null,
  priority: 5,
  concurrencyKey: null,
  concurrencyMax: null,
  rate: null,
  overlap: 'SKIP',
  bufferMax: 1_000,
  unique: null,
}

/** The default policy as text. Services also write it with a blank between: not each registry takes `{}` for a default. */
export const DEFAULT_POLICY = '{}'

const POLICIES_MAX = 1_000
const known = new Map<string, ExecutionPolicy>([[DEFAULT_POLICY, defaultPolicy]])

/** The policy of its JSON text, whole. Texts of a system are few, so what was read is kept. */
export function policyOf(json: string): ExecutionPolicy {
  const read = known.get(json)
  if (read) return read
  const policy = { ...defaultPolicy, ...(JSON.parse(json) as Partial<ExecutionPolicy>) }
  if (known.size >= POLICIES_MAX) known.clear()
  known.set(json, policy)
  return policy
}

/** The text of a policy: what differs from the default, in one order, so that equal policies are equal texts. */
export function policyText(policy: ExecutionPolicy): string {
  const keys = Object.keys(defaultPolicy) as (keyof ExecutionPolicy)[]
  const others = keys.filter((key) => JSON.stringify(policy[key]) !== JSON.stringify(defaultPolicy[key]))
  return JSON.stringify(Object.fromEntries(others.map((key) => [key, policy[key]])))
}

/** The text of a policy with another overlap, for one request; the same when it says nothing. */
export function withOverlap(json: string, overlap: Overlap | null): string {
  return overlap === null ? json : policyText({ ...policyOf(json), overlap })
}

/** Whether a text says nothing but the default: an object without a field, however it is spaced. */
export function isDefaultPolicy(json: string): boolean {
  return json === DEFAULT_POLICY || /^\s*\{\s*\}\s*$/.test(json)
}
