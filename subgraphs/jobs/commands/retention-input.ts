import { DomainError } from '#platform/domain'
import type { ExecutionPolicy } from '#platform/policy'
import { durationText } from '#platform/schedule'
import type { Attempt } from './refusals.ts'

/** How long the executions of a job are kept after they have ended, in milliseconds. Null is as their workspace has it. */
export interface RetentionInput {
  readonly executions?: number | null | undefined
  readonly logs?: number | null | undefined
}

const HOUR_MS = 3_600_000
const KEPT_MS = { min: HOUR_MS, max: 36_500 * 24 * HOUR_MS } as const

/** Checks what an input says of how long executions are kept: what is left out stays as it was. */
export function checkedRetention(
  input: RetentionInput,
  attempt: Attempt,
  before: ExecutionPolicy,
): Pick<ExecutionPolicy, 'executionsKeptMs' | 'logsKeptMs'> {
  const span = (field: keyof RetentionInput, held: number | null): number | null => {
    const value = input[field]
    if (value == null) return value === null ? null : held
    return attempt(() => checkedSpan(`retention.${field}`, value)) ?? held
  }
  return {
    executionsKeptMs: span('executions', before.executionsKeptMs),
    logsKeptMs: span('logs', before.logsKeptMs),
  }
}

function checkedSpan(path: string, valueMs: number): number {
  if (valueMs >= KEPT_MS.min && valueMs <= KEPT_MS.max) return valueMs
  const message = `${path} is from ${durationText(KEPT_MS.min)} to ${durationText(KEPT_MS.max)}`
  const suggestion = durationText(Math.min(Math.max(valueMs, KEPT_MS.min), KEPT_MS.max))
  throw new DomainError('BAD_USER_INPUT', message, { path, suggestion })
}
