import type { Unit } from './database.ts'
import { DatabaseClosedError, LostCommitError, OutageError, TransientError } from './errors.ts'
import type { Seat } from './mysql-sessions.ts'
import { NotBegunError, type Outcome, runTogether, type TransactionOptions } from './mysql-transaction.ts'

interface Member {
  readonly keys: readonly string[]
  readonly work: (unit: Unit) => Promise<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** How lanes work. */
export interface LanesOptions extends TransactionOptions {
  readonly seats: readonly Seat[]
  /** How many units share a commit, at most. */
  readonly membersMax: number
  /** Whether a lost connection is a reason to try again, as a deadlock is. */
  readonly retriesLostConnection: boolean
  readonly turn: () => Promise<void>
}

const ATTEMPTS_MAX = 5

/**
 * Several connections that write. Units that wait together share a transaction, since a commit costs the same for one as
 * for many; units that share a key never run in two transactions at once, all others may.
 */
export class Lanes {
  readonly #options: LanesOptions
  readonly #idle: Seat[]
  #waiting: Member[] = []
  readonly #held = new Set<string>()
  readonly #running = new Set<Promise<void>>()
  #closed = false
  #takesWrites = true

  constructor(options: LanesOptions) {
    this.#options = options
    this.#idle = [...options.seats]
  }

  /** Whether the last transaction could be committed, or undone as it should. */
  get takesWrites(): boolean {
    return this.#takesWrites
  }

  enter<T>(keys: readonly string[], work: (unit: Unit) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new DatabaseClosedError('the database is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ keys, work, resolve: resolve as (value: unknown) => void, reject })
      this.#start()
    })
  }

  /** Takes nothing more, and ends when what waits has ended. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#running.size > 0) await Promise.all(this.#running)
    await Promise.all(this.#options.seats.map((seat) => seat.end()))
  }

  /** One lane more, if there is something that it could do. */
  #start(): void {
    const seat = this.#waiting.length > 0 ? this.#idle.shift() : undefined
    if (!seat) return
    const running = this.#drain(seat).finally(() => {
      this.#running.delete(running)
      this.#idle.push(seat)
    })
    this.#running.add(running)
  }

  async #drain(seat: Seat): Promise<void> {
    for (;;) {
      // What arrived in this turn of the event loop is seen together.
      await this.#options.turn()
      const members = this.#take()
      if (members.length === 0) return
      await this.#commit(seat, members)
      for (const { keys } of members) for (const key of keys) this.#held.delete(key)
      // What waited for a key may go on in another lane, if this one does not take it.
      this.#start()
    }
  }

  /** The first that may run, in the order in which they came; who shares a key with one that must wait, waits behind it. */
  #take(): Member[] {
    const taken: Member[] = []
    const left: Member[] = []
    const blocked = new Set(this.#held)
    for (const member of this.#waiting) {
      const mayRun = taken.length < this.#options.membersMax && !member.keys.some((key) => blocked.has(key))
      if (mayRun) taken.push(member)
      else {
        left.push(member)
        for (const key of member.keys) blocked.add(key)
      }
    }
    this.#waiting = left
    for (const { keys } of taken) for (const key of keys) this.#held.add(key)
    return taken
  }

  async #commit(seat: Seat, members: readonly Member[], attempt = 1): Promise<void> {
    try {
      const session = await seat.session()
      const outcomes = await runTogether(
        session,
        members.map(({ work }) => work),
        this.#options,
      )
      this.#takesWrites = true
      tell(members, outcomes)
    } catch (error) {
      await this.#again(seat, members, attempt, error)
    }
  }

  /** The whole was undone, maybe for one member's sake: each gets a transaction of its own, some more than once. */
  async #again(seat: Seat, members: readonly Member[], attempt: number, error: unknown): Promise<void> {
    const isLost = error instanceof LostCommitError || !(error instanceof OutageError)
    const [only] = members
    if (!isLost && this.#mayHelp(error, members.length) && only && attempt < ATTEMPTS_MAX) {
      if (members.length > 1) for (const member of members) await this.#commit(seat, [member])
      else {
        await this.#options.turn()
        await this.#commit(seat, members, attempt + 1)
      }
      return
    }
    // A deadlock, or a wait for rows that was too long, is the affair of who waits.
    if (error instanceof OutageError && !isServersWord(error)) this.#takesWrites = false
    for (const member of members) member.reject(error)
  }

  #mayHelp(error: OutageError, members: number): boolean {
    // A session may have been lost while it was idle: then the next one is new.
    if (error instanceof NotBegunError) return error.cause instanceof TransientError
    if (members > 1 && !(error instanceof TransientError)) return error.cause !== undefined && !isConnecting(error)
    if (!(error instanceof TransientError)) return false
    return this.#options.retriesLostConnection || isServersWord(error)
  }
}

function isServersWord({ cause }: OutageError): boolean {
  const { errno = 0 } = cause as { errno?: number }
  return errno === 1213 || errno === 1205
}

function isConnecting({ cause }: OutageError): boolean {
  return ((cause as { errno?: number }).errno ?? 0) <= 0
}

function tell(members: readonly Member[], outcomes: readonly Outcome[]): void {
  for (const [index, member] of members.entries()) {
    const outcome = outcomes[index]
    if (!outcome || 'error' in outcome) member.reject(outcome?.error)
    else {
      outcome.unit.committed()
      member.resolve(outcome.value)
    }
  }
}
