/** Every place, in the order of the walk. A name that is not here cannot be armed, so a typing error is no silent pass. */
export const failPoints = [
  'jobs.before-commit',
  'jobs.after-commit',
  'jobs.before-webhook-result',
  'scheduler.before-fires',
  'scheduler.before-commit',
  'scheduler.after-commit',
  'executions.before-commit',
  'executions.after-commit',
  'messaging.before-handle',
  'messaging.before-offset',
  'executions.after-intake',
  'executions.after-claim',
  'executor.before-start',
  'executor.before-flush',
  'executor.after-flush',
  'executor.before-acknowledgement',
  'executor.after-effect',
  'executor.before-result',
  'executor.after-result',
  'executions.before-timers',
  'executions.after-timers',
] as const

/** Those between the receipt of a request and the commit of its result, in the order of the walk. */
export const attemptFailPoints = failPoints.slice(failPoints.indexOf('executions.after-intake'))

/** What a process can do at a place: end at once, or stand still until somebody sends it SIGCONT. */
export const crashes = {
  die: () => void process.kill(process.pid, 'SIGKILL'),
  freeze: () => void process.kill(process.pid, 'SIGSTOP'),
} as const

interface Armed {
  readonly name: string
  readonly crash: () => void
  hitsLeft: number
}

let armed: Armed | undefined

/**
 * Lets the process die, or stand still, the `hit`-th time it passes a place.
 *
 * @param crash one of `crashes`, unless a simulation has another way
 * @throws {RangeError} when there is no such place
 */
export function armFailPoint(name: string, hit: number, crash: () => void = crashes.die): void {
  if (!failPoints.some((known) => known === name)) throw new RangeError(`no fail point is called ${name}`)
  armed = { name, crash, hitsLeft: hit }
}

/** Nothing is armed any more. */
export function disarmFailPoint(): void {
  armed = undefined
}

/** Passes a place. Costs a comparison unless a test has armed it. */
export function failPoint(name: string): void {
  if (armed === undefined || armed.name !== name) return
  armed.hitsLeft -= 1
  if (armed.hitsLeft === 0) armed.crash()
}
