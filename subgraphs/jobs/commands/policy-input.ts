import { DomainError } from '#platform/domain'
import { type ExecutionPolicy, type OnUnknown, type Overlap, policyText, type Unique } from '#platform/policy'
import { durationText } from '#platform/schedule'
import { type Bounds, within } from './bounds.ts'
import { checkedFlow, type FlowInput } from './flow-input.ts'
import type { Attempt } from './refusals.ts'
import { checkedRetention, type RetentionInput } from './retention-input.ts'

type Maybe<Value> = Value | null | undefined

/** How executions are run, as somebody asks for it. Spans are milliseconds. */
export interface PolicyInput extends FlowInput {
  readonly retry?: Maybe<RetryInput>
  readonly timeouts?: Maybe<TimeoutsInput>
  readonly onUnknown?: Maybe<OnUnknown>
  readonly cancelGrace?: Maybe<number>
  readonly retention?: Maybe<RetentionInput>
  readonly overlap?: Maybe<Overlap>
  readonly bufferMax?: Maybe<number>
  /** A null lets through whatever comes. */
  readonly unique?: Maybe<{ readonly key: string; readonly window: number }>
}

interface RetryInput {
  readonly attemptsMax?: Maybe<number>
  readonly backoff?: Maybe<number>
  readonly backoffMax?: Maybe<number>
  readonly nonRetryable?: Maybe<readonly string[]>
}

interface TimeoutsInput {
  readonly scheduleToStart?: Maybe<number>
  readonly startToClose?: Maybe<number>
  readonly scheduleToClose?: Maybe<number>
  readonly heartbeat?: Maybe<number>
}

const SECOND_MS = 1_000
const HOUR_MS = 3_600 * SECOND_MS
const DAY_MS = 24 * HOUR_MS
const ATTEMPTS = { min: 1, max: 100 } as const
const BACKOFF_MS = { min: 1, max: DAY_MS } as const
// Timers are looked at ten times a second: what is shorter would be a promise that nobody can keep.
const TIMEOUT_MS = { min: SECOND_MS, max: 366 * DAY_MS } as const
const CANCEL_GRACE_MS = { min: 0, max: HOUR_MS } as const
const BUFFER = { min: 1, max: 1_000 } as const
const CODES_MAX = 50
const KEY_PATH = /^[\w-]+(?:\.[\w-]+){0,9}$/
const KEY_PATH_LENGTH_MAX = 200
// As `concurrencyKey` writes it; a field that is itself called so is `params.params`.
const BEGIN_OF_PATH = /^params\./
const CODE = /^[A-Z][A-Z0-9_]{0,99}$/

/**
 * Checks what an input says of how executions are run, on top of what held before: what is left out stays, and a null
 * takes a time-out or a limit away.
 *
 * @returns the policy as text; undefined when the input says nothing of it
 */
export function checkedPolicy(input: PolicyInput, attempt: Attempt, before: ExecutionPolicy): string | undefined {
  const { retry, timeouts, onUnknown, cancelGrace, overlap, bufferMax, unique, retention } = input
  const said = [retry, timeouts, onUnknown, cancelGrace, overlap, bufferMax, retention]
  const flow = checkedFlow(input, attempt, before)
  if (said.every((field) => field == null) && unique === undefined && !flow) return undefined
  const buffered = bufferMax == null ? undefined : attempt(() => within('bufferMax', bufferMax, BUFFER, String))
  const policy = {
    ...before,
    ...(retry && checkedRetry(retry, attempt, before)),
    ...(timeouts && checkedTimeouts(timeouts, attempt, before)),
    ...(onUnknown && { onUnknown }),
    ...(retention && checkedRetention(retention, attempt, before)),
    ...(overlap && { overlap }),
    bufferMax: buffered ?? before.bufferMax,
    ...(unique !== undefined && { unique: unique && (checkedUnique(unique, attempt) ?? before.unique) }),
    cancelGraceMs: spanOr(before.cancelGraceMs, 'cancelGrace', cancelGrace, CANCEL_GRACE_MS, attempt),
    ...flow,
  }
  return policyText(policy)
}

function checkedUnique({ key, window }: NonNullable<PolicyInput['unique']>, attempt: Attempt): Unique | undefined {
  const path = attempt(() => {
    const names = key.replace(BEGIN_OF_PATH, '')
    if (KEY_PATH.test(names) && names.length <= KEY_PATH_LENGTH_MAX) return names
    const message =
      'unique.key is a path into the params, such as params.customer.id or items.0, of up to 200 characters'
    throw new DomainError('BAD_USER_INPUT', message, { path: 'unique.key' })
  })
  const windowMs = attempt(() => within('unique.window', window, TIMEOUT_MS, durationText))
  return path === undefined || windowMs === undefined ? undefined : { key: path, windowMs }
}

function checkedRetry(
  { attemptsMax, backoff, backoffMax, nonRetryable }: RetryInput,
  attempt: Attempt,
  before: ExecutionPolicy,
): Partial<ExecutionPolicy> {
  const backoffMs = spanOr(before.backoffMs, 'retry.backoff', backoff, BACKOFF_MS, attempt)
  const backoffMsMax = spanOr(before.backoffMsMax, 'retry.backoffMax', backoffMax, BACKOFF_MS, attempt)
  if (backoffMs > backoffMsMax) {
    attempt(() => {
      const message = `retry.backoffMax, ${durationText(backoffMsMax)}, is less than retry.backoff, ${durationText(backoffMs)}`
      throw new DomainError('BAD_USER_INPUT', message, { path: 'retry.backoffMax' })
    })
  }
  const codes = nonRetryable == null ? undefined : attempt(() => checkedCodes(nonRetryable))
  const attempts =
    attemptsMax == null ? undefined : attempt(() => within('retry.attemptsMax', attemptsMax, ATTEMPTS, String))
  return {
    attemptsMax: attempts ?? before.attemptsMax,
    backoffMs,
    backoffMsMax,
    nonRetryable: codes ?? before.nonRetryable,
  }
}

function checkedTimeouts(timeouts: TimeoutsInput, attempt: Attempt, before: ExecutionPolicy): Partial<ExecutionPolicy> {
  const limit = (field: keyof TimeoutsInput, held: number | null): number | null => {
    const value = timeouts[field]
    return value === null ? null : spanOr(held, `timeouts.${field}`, value, TIMEOUT_MS, attempt)
  }
  return {
    scheduleToStartMs: limit('scheduleToStart', before.scheduleToStartMs),
    startToCloseMs: limit('startToClose', before.startToCloseMs),
    scheduleToCloseMs: limit('scheduleToClose', before.scheduleToCloseMs),
    heartbeatMs: limit('heartbeat', before.heartbeatMs),
  }
}

function checkedCodes(codes: readonly string[]): readonly string[] {
  const path = 'retry.nonRetryable'
  if (codes.length > CODES_MAX)
    throw new DomainError('BAD_USER_INPUT', `${path} has at most ${CODES_MAX} codes`, { path })
  for (const [index, code] of codes.entries()) {
    if (CODE.test(code)) continue
    const message = 'a code is of capitals, digits and _, such as HTTP_UNEXPECTED_STATUS'
    throw new DomainError('BAD_USER_INPUT', message, { path: `${path}[${index}]` })
  }
  return [...new Set(codes)].sort()
}

/** The span that is asked for, or the one that held when none is, or a wrong one. */
function spanOr<Held extends number | null>(
  held: Held,
  path: string,
  value: Maybe<number>,
  bounds: Bounds,
  attempt: Attempt,
): Held | number {
  return (value == null ? undefined : attempt(() => within(path, value, bounds, durationText))) ?? held
}
