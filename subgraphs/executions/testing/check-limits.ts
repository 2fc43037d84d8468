// What the tests of limits share: a checker over the events of executions, which knows nothing of slots, keys or buckets.
// Never used outside of tests.
import type { ExecutionEvent } from '../domain/execution-event.ts'

/** An event, and whose it is. */
export interface LoggedEvent {
  readonly executionId: string
  readonly event: ExecutionEvent
}

/** The limits of the operator. */
export interface CheckedLimits {
  readonly concurrencyMax: number | null
  readonly concurrencyMaxOfType: ReadonlyMap<string, number>
}

interface Known {
  readonly jobType: string
  readonly key: string
  readonly max: number | null
  readonly rate: { readonly perMinute: number; readonly burst: number } | null
}

/**
 * Looks at all events in the order of their commits: whenever an attempt started, how many ran with it, and how many had
 * started with its key.
 *
 * @returns what is wrong, a line each
 */
export function checkLimits(events: readonly LoggedEvent[], limits: CheckedLimits): readonly string[] {
  const findings: string[] = []
  const known = new Map<string, Known>()
  const running = new Set<string>()
  const starts = new Map<string, number[]>()
  let nowMs = 0

  const count = (isAlike: (other: Known) => boolean): number =>
    [...running].filter((id) => isAlike(known.get(id) as Known)).length
  const over = (id: string, what: string, found: number, max: number | null | undefined): void => {
    if (max != null && found > max) findings.push(`${id} started as number ${found} of ${what}, which allows ${max}`)
  }

  for (const { executionId: id, event } of events) {
    if (event.type === 'ExecutionQueued') known.set(id, knownOf(event))
    if (ENDS_AN_ATTEMPT.has(event.type)) running.delete(id)
    if (event.type !== 'AttemptStarted') continue
    const own = known.get(id)
    if (!own) throw new Error(`${id} started and was never queued`)
    running.add(id)
    over(id, 'all', running.size, limits.concurrencyMax)
    over(
      id,
      own.jobType,
      count(({ jobType }) => jobType === own.jobType),
      limits.concurrencyMaxOfType.get(own.jobType),
    )
    // Only those count that have a limit: others of the key asked for none.
    over(id, own.key, own.max === null ? 0 : count(({ key, max }) => key === own.key && max !== null), own.max)
    if (!own.rate) continue
    // Two commits may come in another order than their clocks were read.
    nowMs = Math.max(nowMs, event.startedAtMs)
    const before = [...(starts.get(own.key) ?? []), nowMs]
    starts.set(own.key, before)
    for (const [index, fromMs] of before.entries()) {
      const found = before.length - index
      const most = own.rate.burst + ((nowMs - fromMs) * own.rate.perMinute) / 60_000
      if (found > most) findings.push(`${id} started as number ${found} of ${own.key} within ${nowMs - fromMs} ms`)
    }
  }
  return findings
}

const ENDS_AN_ATTEMPT: ReadonlySet<ExecutionEvent['type']> = new Set([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionCancelled',
  'ExecutionTimedOut',
  'AttemptFailed',
  'AttemptTimedOut',
  'AttemptLost',
])

function knownOf(event: Extract<ExecutionEvent, { type: 'ExecutionQueued' }>): Known {
  const policy = JSON.parse(event.policy ?? '{}') as {
    concurrencyKey?: string | null
    concurrencyMax?: number | null
    rate?: Known['rate']
  }
  const path = policy.concurrencyKey?.split('.') ?? []
  let value: unknown = path.length > 0 ? { params: JSON.parse(event.params) as unknown } : undefined
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name]
  const named = value == null ? `job ${event.jobId}` : `${policy.concurrencyKey} ${JSON.stringify(value)}`
  const { concurrencyMax: max = null, rate = null } = policy
  return { jobType: event.jobType, key: `${event.workspaceId} ${named}`, max, rate }
}

/**
 * The SELECT that reads all events of executions in an order that limits know: who starts an attempt holds its place before it
 * writes that down, and who ends one leaves the place after.
 */
export const EVENTS_IN_ORDER = 'select stream, payload from events order by id'

/** The event of a row. */
export function loggedEventOf({ stream, payload }: { readonly stream: string; readonly payload: string }): LoggedEvent {
  return { executionId: stream.replace(/^execution-/, ''), event: JSON.parse(payload) as ExecutionEvent }
}
