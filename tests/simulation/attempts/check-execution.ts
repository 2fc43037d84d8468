import { type Account, ENDED, openAccount } from './account.ts'
import type { Requested } from './make-attempts.ts'
import { rules } from './rules.ts'
import type { Beat, SeenEvent } from './seen.ts'

/** What an execution is held against. */
export interface Evidence {
  readonly events: readonly SeenEvent[]
  readonly beats: readonly Beat[]
  /** From then on nothing failed any more. */
  readonly healedAtMs: number
}

// Executors look ten times a second; after an outage they wait up to 5 s before they look again.
const LATE_MS_MAX = 7_000

/** Follows an execution through its events by a small model of its own, which knows nothing of the decider. */
export function checkExecution(requested: Requested, { events, beats, healedAtMs }: Evidence): readonly string[] {
  const findings: string[] = []
  const own = beats.filter(({ executionId }) => executionId === requested.id)
  const account = openAccount(requested, own)
  for (const event of events) {
    const tell = (what: string): void => void findings.push(`${requested.id} ${event.type} at ${event.atMs}: ${what}`)
    for (const { what, dueAtMs } of dueBefore(account)) {
      if (event.atMs > Math.max(dueAtMs, healedAtMs) + LATE_MS_MAX) tell(`${what} was due at ${dueAtMs}`)
    }
    const rule = rules[event.type]
    if (!rule) tell('nobody knows it')
    else if (account.state === ENDED && event.type !== 'LateResultRefused') tell('it has ended')
    else rule(account, event, tell)
  }
  if (account.state !== ENDED) findings.push(`${requested.id} has not ended: ${account.state}`)
  return findings
}

/** What was to happen by itself, whatever else did. */
function dueBefore(account: Account): readonly { readonly what: string; readonly dueAtMs: number }[] {
  const { state, startedAtMs, retryAtMs, cancelAtMs, queuedAtMs } = account
  const { startToCloseMs, scheduleToCloseMs, cancelGraceMs } = account.policy
  const due: { what: string; dueAtMs: number }[] = []
  const add = (what: string, fromMs: number, spanMs: number | null): void => {
    if (spanMs !== null) due.push({ what, dueAtMs: fromMs + spanMs })
  }
  if (state === 'RUNNING') add('its time-out', startedAtMs, startToCloseMs)
  if (state === 'RUNNING' && cancelAtMs !== null) add('the end of its cancellation', cancelAtMs, cancelGraceMs + 5_000)
  if (state === 'BACKOFF') add('its retry', retryAtMs, 0)
  if (['RUNNING', 'WAITING', 'BACKOFF'].includes(state)) add('the end of its time', queuedAtMs, scheduleToCloseMs)
  return due
}
