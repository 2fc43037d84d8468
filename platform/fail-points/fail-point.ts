/** Every place, in the order of the walk. A name that is not here cannot be armed, so a typing error is no silent pass. */
export const failPoints = [
  'jobs.before-commit',
  'jobs.after-commit',
  'scheduler.before-commit',
  'scheduler.after-commit',
  'executions.before-commit',
  'executions.after-commit',
  'messaging.before-handle',
  'messaging.before-offset',
  'executor.before-start',
  'executor.before-result',
] as const

interface Armed {
  readonly name: string
  readonly crash: () => void
  hitsLeft: number
}

let armed: Armed | undefined

/**
 * Lets the process die the `hit`-th time it passes a place.
 *
 * @param crash what dying is; SIGKILL to itself unless a simulation has another way
 * @throws {RangeError} when there is no such place
 */
export function armFailPoint(
  name: string,
  hit: number,
  crash: () => void = () => process.kill(process.pid, 'SIGKILL'),
): void {
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
