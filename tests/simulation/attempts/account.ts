import type { Requested } from './make-attempts.ts'
import { type Step, stepOf } from './script.ts'
import type { Beat } from './seen.ts'

/** The state of an execution that has ended. */
export const ENDED = 'ENDED'

/** How far an execution is by its events, as far as the checks must know it. */
export interface Account extends Requested {
  state:
    | 'NONE'
    | 'WAITING'
    | 'RUNNING'
    | 'BACKOFF'
    | 'HELD'
    /** An attempt was lost, or timed out for the last time, and what becomes of it is told next. */
    | 'LOST'
    | 'OVER'
    /** Its cancellation was asked for while nothing ran. */
    | 'CANCELLING'
    | typeof ENDED
  attempt: number
  failures: number
  lost: number
  queuedAtMs: number
  startedAtMs: number
  retryAtMs: number
  cancelAtMs: number | null
  timeOut: string
  readonly step: () => Step | undefined
  /** When the running attempt was surely heard of last before an instant. */
  readonly heardAtMs: (beforeMs: number) => number
}

/** Begins an account. */
export function openAccount(requested: Requested, beats: readonly Beat[]): Account {
  const account: Account = {
    ...requested,
    state: 'NONE',
    attempt: 0,
    failures: 0,
    lost: 0,
    queuedAtMs: 0,
    startedAtMs: 0,
    retryAtMs: 0,
    cancelAtMs: null,
    timeOut: '',
    step: () => stepOf(requested, account.attempt),
    heardAtMs(beforeMs) {
      const heard = beats.filter((beat) => beat.attempt === account.attempt && beat.atMs < beforeMs)
      return Math.max(account.startedAtMs, ...heard.map(({ atMs }) => atMs))
    },
  }
  return account
}
