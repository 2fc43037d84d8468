import { DomainError } from '#platform/domain'
import type { ExecutionPolicy, Rate } from '#platform/policy'
import { within } from './bounds.ts'
import type { Attempt } from './refusals.ts'

type Maybe<Value> = Value | null | undefined

/** Which executions go first, and how many may run or start, as somebody asks for it. */
export interface FlowInput {
  readonly priority?: Maybe<number>
  readonly concurrencyKey?: Maybe<string>
  readonly concurrencyMax?: Maybe<number>
  readonly rate?: Maybe<RateInput>
}

interface RateInput {
  readonly perMinute: number
  readonly burst?: Maybe<number>
}

const PRIORITY = { min: 0, max: 9 } as const
const CONCURRENCY = { min: 1, max: 1_000 } as const
const STARTS = { min: 1, max: 60_000 } as const
const SECONDS_A_MINUTE = 60
const NAME = '[A-Za-z_][A-Za-z0-9_-]{0,62}'
const PATH = new RegExp(`^params(\\.${NAME}){1,8}$`)
const BARE_PATH = new RegExp(`^${NAME}(\\.${NAME}){0,7}$`)

/**
 * Checks what an input says of priority and limits, on top of what held before: what is left out stays, and a null takes a limit
 * away.
 *
 * @returns nothing when the input says nothing of it
 */
export function checkedFlow(
  { priority, concurrencyKey, concurrencyMax, rate }: FlowInput,
  attempt: Attempt,
  before: ExecutionPolicy,
): Partial<ExecutionPolicy> | undefined {
  if (priority == null && concurrencyKey === undefined && concurrencyMax === undefined && rate === undefined) {
    return undefined
  }
  const flow = {
    priority: priority == null ? before.priority : attempt(() => within('priority', priority, PRIORITY, String)),
    concurrencyKey: changed(before.concurrencyKey, concurrencyKey, (path) => attempt(() => checkedPath(path))),
    concurrencyMax: changed(before.concurrencyMax, concurrencyMax, (max) =>
      attempt(() => within('concurrencyMax', max, CONCURRENCY, String)),
    ),
    rate: changed(before.rate, rate, (asked) => checkedRate(asked, attempt)),
  }
  const isUsed = [flow.concurrencyMax, flow.rate, concurrencyMax, rate].some((limit) => limit != null)
  if (flow.concurrencyKey !== null && !isUsed) attempt(refuseUnused)
  return { ...flow, priority: flow.priority ?? before.priority }
}

function changed<Value, Asked>(
  before: Value | null,
  asked: Asked | null | undefined,
  check: (asked: Asked) => Value | undefined,
): Value | null {
  if (asked === undefined) return before
  return asked === null ? null : (check(asked) ?? before)
}

function checkedPath(path: string): string {
  if (PATH.test(path)) return path
  const message = 'concurrencyKey is a path into params of up to 8 names, such as params.customer'
  const suggestion = BARE_PATH.test(path) ? { suggestion: `params.${path}` } : {}
  throw new DomainError('BAD_USER_INPUT', message, { path: 'concurrencyKey', ...suggestion })
}

function checkedRate({ perMinute, burst }: RateInput, attempt: Attempt): Rate | undefined {
  const starts = attempt(() => within('rate.perMinute', perMinute, STARTS, String))
  const atOnce =
    burst == null
      ? Math.max(1, Math.ceil((starts ?? 1) / SECONDS_A_MINUTE))
      : attempt(() => within('rate.burst', burst, STARTS, String))
  return starts === undefined || atOnce === undefined ? undefined : { perMinute: starts, burst: atOnce }
}

function refuseUnused(): never {
  const message = 'concurrencyKey says for what concurrencyMax or rate holds, and neither is there'
  throw new DomainError('BAD_USER_INPUT', message, { path: 'concurrencyKey' })
}
