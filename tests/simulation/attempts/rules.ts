import { type Account, ENDED } from './account.ts'
import type { SeenEvent } from './seen.ts'

type Tell = (what: string) => void
type Rule = (account: Account, event: SeenEvent, tell: Tell) => void

const LOST_MAX = 5

/** What each event may follow, and what it makes of an execution: written from the manual page, not from the code. */
export const rules: Readonly<Record<string, Rule>> = {
  ExecutionQueued(account, { atMs }, tell) {
    expectState(account, ['NONE'], tell)
    account.state = 'WAITING'
    account.queuedAtMs = atMs
  },

  AttemptStarted(account, { atMs, fields }, tell) {
    if (account.state === 'LOST') afterLoss(account, 'WAITING', tell)
    expectState(account, ['WAITING'], tell)
    if (account.cancelAtMs !== null) tell('its end was asked for before')
    if (isTooLate(account, atMs)) tell('its time was over')
    if (fields['attempt'] !== account.attempt + 1) tell(`it is number ${fields['attempt']} after ${account.attempt}`)
    account.state = 'RUNNING'
    account.attempt += 1
    account.startedAtMs = atMs
  },

  ExecutionSucceeded(account, { atMs, fields }, tell) {
    expectRunning(account, fields, tell)
    const step = account.step()
    const { attempt } = JSON.parse(String(fields['result'])) as { readonly attempt?: number }
    if (attempt !== account.attempt) tell(`it has the result of attempt ${attempt}`)
    if (step?.kind === 'fail') tell('its task failed')
    if (step && atMs < account.startedAtMs + step.durationMs) tell('its task cannot have ended yet')
    account.state = ENDED
  },

  AttemptFailed(account, { atMs, fields }, tell) {
    expectRunning(account, fields, tell)
    const step = account.step()
    if (step?.kind !== 'fail') tell('its task did not fail')
    if (step?.isFinal || account.policy.nonRetryable.includes(step?.code ?? '')) tell('nothing may follow this failure')
    retries(account, atMs, fields['retryAtMs'], step?.retryAfterMs ?? null, tell)
  },

  AttemptTimedOut(account, { atMs, fields }, tell) {
    expectRunning(account, fields, tell)
    const timeOut = String(fields['timeOut'])
    const [fromMs, spanMs] = spanOf(account, timeOut, atMs)
    if (spanMs === null || atMs < fromMs + spanMs) tell(`${timeOut} is over in ${fromMs + (spanMs ?? 0) - atMs} ms`)
    account.timeOut = timeOut
    account.state = 'OVER'
    if (account.policy.nonRetryable.includes(timeOut) && fields['retryAtMs'] !== null) tell('nothing may follow it')
    if (fields['retryAtMs'] !== null) retries(account, atMs, fields['retryAtMs'], null, tell)
  },

  ExecutionTimedOut(account, { atMs }, tell) {
    if (account.state === 'LOST') afterLoss(account, 'WAITING', tell)
    expectState(account, ['OVER', 'WAITING', 'BACKOFF'], tell)
    const { scheduleToCloseMs } = account.policy
    const isOver = scheduleToCloseMs !== null && atMs >= account.queuedAtMs + scheduleToCloseMs
    if (account.state !== 'OVER' && !isOver) tell('its time is not over')
    if (account.state === 'OVER' && account.timeOut !== 'SCHEDULE_TO_CLOSE') {
      if (account.cancelAtMs !== null) tell('it was to be cancelled')
      givesUp(account, account.timeOut, false, tell)
    }
    account.state = ENDED
  },

  ExecutionFailed(account, { fields }, tell) {
    const code = String(fields['code'])
    if (code === 'FAILED_BY_OPERATOR') expectState(account, ['HELD'], tell)
    else if (account.state === 'LOST') afterLoss(account, code, tell)
    else {
      expectRunning(account, fields, tell)
      const step = account.step()
      if (account.cancelAtMs !== null) tell('it was to be cancelled')
      if (code !== 'RESULT_NOT_WRITTEN' && (step?.kind !== 'fail' || step.code !== code))
        tell(`no task fails with ${code}`)
      if (code !== 'RESULT_NOT_WRITTEN') givesUp(account, code, step?.isFinal ?? false, tell)
    }
    account.state = ENDED
  },

  ExecutionExpired(account, { atMs }, tell) {
    expectState(account, ['WAITING'], tell)
    const { scheduleToStartMs } = account.policy
    if (account.attempt > 0) tell('it had started')
    if (scheduleToStartMs === null || atMs < account.queuedAtMs + scheduleToStartMs) tell('it could still start')
    account.state = ENDED
  },

  RetryDue(account, { atMs }, tell) {
    expectState(account, ['BACKOFF'], tell)
    if (atMs < account.retryAtMs) tell(`it is due in ${account.retryAtMs - atMs} ms`)
    account.state = 'WAITING'
  },

  AttemptLost(account, { atMs, fields }, tell) {
    expectRunning(account, fields, tell)
    for (const timeOut of ['START_TO_CLOSE', 'SCHEDULE_TO_CLOSE']) {
      const [fromMs, spanMs] = spanOf(account, timeOut, atMs)
      if (spanMs !== null && atMs >= fromMs + spanMs) tell(`${timeOut} was over`)
    }
    if (fields['reason'] === 'EXECUTOR_LOST') account.lost += 1
    account.state = 'LOST'
  },

  ExecutionHeld(account, _event, tell) {
    expectState(account, ['LOST'], tell)
    afterLoss(account, 'HELD', tell)
    account.state = 'HELD'
  },

  ExecutionReleased(account, _event, tell) {
    expectState(account, ['HELD'], tell)
    account.state = 'WAITING'
  },

  CancelRequested(account, { atMs }, tell) {
    if (account.state === 'LOST') afterLoss(account, 'WAITING', tell)
    if (account.cancelAtMs !== null) tell('its end was asked for before')
    account.cancelAtMs = atMs
    if (account.state !== 'RUNNING') account.state = 'CANCELLING'
  },

  CancelAcknowledged(account, { fields }, tell) {
    expectRunning(account, fields, tell)
    if (account.cancelAtMs === null) tell('nobody asked for its end')
  },

  ExecutionCancelled(account, _event, tell) {
    expectState(account, ['RUNNING', 'CANCELLING', 'LOST', 'OVER'], tell)
    if (account.cancelAtMs === null) tell('nobody asked for its end')
    account.state = ENDED
  },

  LateResultRefused(account, { fields }, tell) {
    const attempt = Number(fields['attempt'])
    const isOver = attempt < account.attempt || (attempt === account.attempt && account.state !== 'RUNNING')
    if (!isOver) tell(`attempt ${attempt} runs`)
  },
}

function expectState({ state }: Account, allowed: readonly Account['state'][], tell: Tell): void {
  if (!allowed.includes(state)) tell(`it is ${state}`)
}

function expectRunning(account: Account, fields: SeenEvent['fields'], tell: Tell): void {
  expectState(account, ['RUNNING'], tell)
  if (fields['attempt'] !== account.attempt) tell(`attempt ${fields['attempt']} is not the one that runs`)
}

/** Whether nothing of it may start any more. */
function isTooLate({ policy, attempt, queuedAtMs }: Account, atMs: number): boolean {
  const { scheduleToStartMs, scheduleToCloseMs } = policy
  const spansMs = [attempt === 0 ? scheduleToStartMs : null, scheduleToCloseMs]
  return spansMs.some((spanMs) => spanMs !== null && atMs >= queuedAtMs + spanMs)
}

/** What the manual says of a loss. `next` is what happened, or the code of the failure. */
function afterLoss(account: Account, next: string, tell: Tell): void {
  const { onUnknown } = account.policy
  const retried = account.lost < LOST_MAX ? 'WAITING' : 'ATTEMPTS_EXHAUSTED'
  const expected = { RETRY: retried, HOLD: 'HELD', SKIP: 'OUTCOME_UNKNOWN' }[onUnknown]
  if (account.cancelAtMs !== null) tell('it was lost, and was to be cancelled')
  // Orderly stops, however many, exhaust nothing.
  else if (next !== expected && !(next === 'WAITING' && retried === 'ATTEMPTS_EXHAUSTED')) tell(`${next} after a loss`)
  account.state = 'WAITING'
}

/** Another attempt follows: it may, and after a wait that fits. */
function retries(account: Account, atMs: number, retryAtMs: unknown, askedMs: number | null, tell: Tell): void {
  const { attemptsMax, backoffMs, backoffMsMax, scheduleToCloseMs } = account.policy
  const waitMs = Number(retryAtMs) - atMs
  account.failures += 1
  const waitMsMax = Math.min(backoffMsMax, backoffMs * 2 ** (account.failures - 1))
  if (account.cancelAtMs !== null) tell('it was to be cancelled, and is tried again')
  if (account.failures >= attemptsMax) tell(`${account.failures} of ${attemptsMax} attempts have failed`)
  if (askedMs === null ? waitMs < 0 || waitMs > waitMsMax : waitMs !== askedMs) {
    tell(`it waits for ${waitMs} ms instead of ${askedMs ?? `at most ${waitMsMax}`}`)
  }
  if (scheduleToCloseMs !== null && Number(retryAtMs) >= account.queuedAtMs + scheduleToCloseMs)
    tell('it cannot end in time')
  account.state = 'BACKOFF'
  account.retryAtMs = Number(retryAtMs)
}

/** No attempt follows: there is a reason. */
function givesUp({ policy, failures }: Account, code: string, isFinal: boolean, tell: Tell): void {
  if (isFinal || policy.nonRetryable.includes(code) || failures + 1 >= policy.attemptsMax) return
  // Its back-off, which was drawn, may have been too long.
  if (policy.scheduleToCloseMs === null) tell(`it is given up after ${failures + 1} of ${policy.attemptsMax} attempts`)
}

function spanOf(account: Account, timeOut: string, atMs: number): readonly [number, number | null] {
  const { startToCloseMs, scheduleToCloseMs, heartbeatMs } = account.policy
  if (timeOut === 'START_TO_CLOSE') return [account.startedAtMs, startToCloseMs]
  if (timeOut === 'HEARTBEAT') return [account.heardAtMs(atMs), heartbeatMs]
  return [account.queuedAtMs, scheduleToCloseMs]
}
