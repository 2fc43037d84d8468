import type { Clock } from '#platform/clock'
import { OutageError, UniqueViolationError } from '#platform/database'
import { backoffMs } from '#platform/lifecycle'
import { RegistryUnavailableError } from '#platform/schemas'

/** What waiting needs. */
export interface PatienceOptions {
  readonly clock: Pick<Clock, 'sleep'>
  /** Ends the wait: the process is told to stop. */
  readonly signal: AbortSignal
  /** Told what is waited for and why, at first and then every tenth time. */
  say(what: string, reason: string): void
}

const SYSTEM_OUTAGES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])
// Clients name theirs; ours are classes. A row that two processes make at once is there for the second the next time.
const NAMED_OUTAGES = /^(VersionConflictError|KafkaJS\w*|NetworkError|TimeoutError|AbortError)$/
const OUTAGES = [OutageError, RegistryUnavailableError, UniqueViolationError]
const CAUSES_MAX = 5
const SAY_EVERY = 10
const FAILURES_MAX = 6

/** Whether an error says that something is not there yet, and not that something is wrong. */
export function isPassing(error: unknown, depth = 0): boolean {
  if (depth > CAUSES_MAX || typeof error !== 'object' || error === null) return false
  if (OUTAGES.some((outage) => error instanceof outage)) return true
  const { name, code, cause, errors } = error as Partial<AggregateError> & { readonly code?: unknown }
  if (typeof name === 'string' && NAMED_OUTAGES.test(name)) return true
  if (typeof code === 'string' && (SYSTEM_OUTAGES.has(code) || code.startsWith('PLT_KFK_'))) return true
  return isPassing(cause, depth + 1) || (errors?.some((one) => isPassing(one, depth + 1)) ?? false)
}

/**
 * Opens something that others may have to be there for, as often as it takes.
 *
 * @throws what `open` throws when waiting would not help, or when the wait is ended
 */
export async function patiently<T>(options: PatienceOptions, what: string, open: () => Promise<T>): Promise<T> {
  const { clock, signal, say } = options
  for (let failures = 0; ; failures++) {
    try {
      return await open()
    } catch (error) {
      if (!isPassing(error) || signal.aborted) throw error
      if (failures % SAY_EVERY === 0) say(what, reasonOf(error))
      await clock.sleep(backoffMs(Math.min(failures, FAILURES_MAX)), signal)
      if (signal.aborted) throw error
    }
  }
}

function reasonOf(error: unknown, depth = 0): string {
  const { message, cause, errors } = error as Partial<AggregateError>
  const inner = errors?.[0] ?? cause
  if (message) return message
  return inner && depth < CAUSES_MAX ? reasonOf(inner, depth + 1) : String(error)
}
