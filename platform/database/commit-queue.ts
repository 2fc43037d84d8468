import type { Unit } from './database.ts'
import { DatabaseClosedError, OutageError } from './errors.ts'

/** What the queue needs of a connection. */
export interface Connection {
  turn(): Promise<void>
  now(): Date
  execute(sql: string): unknown
  unitAt(now: Date): Unit & { committed(): void }
  /** Called just before a commit. */
  committing(): void
  committed(): void
}

interface Member {
  readonly work: (unit: Unit) => Promise<unknown>
  readonly alone: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
}

type Outcome = { readonly unit: Unit & { committed(): void }; readonly value: unknown } | { readonly error: unknown }

const MEMBERS_MAX = 512

/**
 * Group commit: a durable commit costs the same for one unit as for hundreds, so units that wait together are
 * committed together, each in a savepoint of its own. Claims go alone.
 */
export class CommitQueue {
  readonly #connection: Connection
  #waiting: Member[] = []
  #running: Promise<void> | undefined
  #transaction: Promise<void> | undefined
  #closed = false
  #takesWrites = true

  constructor(connection: Connection) {
    this.#connection = connection
  }

  grouped<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#enter(work, false)
  }

  alone<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.#enter(work, true)
  }

  /** What to wait for until no transaction is open, or nothing when none is. */
  betweenTransactions(): Promise<void> | undefined {
    return this.#transaction
  }

  /** Whether the last transaction could be committed, or undone as it should. */
  get takesWrites(): boolean {
    return this.#takesWrites
  }

  /** Takes nothing more, and ends when what waits has ended. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  #enter<T>(work: (unit: Unit) => Promise<T>, alone: boolean): Promise<T> {
    if (this.#closed) return Promise.reject(new DatabaseClosedError('the database is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, alone, resolve: resolve as (value: unknown) => void, reject })
      this.#running ??= this.#run()
    })
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What arrived in this turn of the event loop is seen together.
      await this.#connection.turn()
      const members = this.#take()
      this.#transaction = this.#commit(members)
      await this.#transaction
      this.#transaction = undefined
    }
    this.#running = undefined
  }

  #take(): Member[] {
    if (this.#waiting[0]?.alone) return this.#waiting.splice(0, 1)
    const firstAlone = this.#waiting.findIndex((member) => member.alone)
    const end = firstAlone === -1 ? this.#waiting.length : firstAlone
    return this.#waiting.splice(0, Math.min(end, MEMBERS_MAX))
  }

  async #commit(members: readonly Member[]): Promise<void> {
    const outcomes: Outcome[] = []
    let isOpen = false
    try {
      this.#connection.execute('begin immediate')
      isOpen = true
      for (const member of members) outcomes.push(await this.#runMember(member, members.length > 1))
      this.#end(outcomes)
      this.#takesWrites = true
    } catch (error) {
      this.#takesWrites = false
      this.#rollBack()
      // The whole was undone, maybe for one member's sake: each gets a transaction of its own. One that could not even
      // begin is nobody's fault, and would keep everybody waiting once more.
      if (isOpen && members.length > 1) {
        for (const member of members) await this.#commit([member])
      } else for (const member of members) member.reject(error)
      return
    }
    this.#tell(members, outcomes)
  }

  /** Commits, unless there is nothing to commit: the only member has failed. */
  #end(outcomes: readonly Outcome[]): void {
    if (outcomes.every((outcome) => 'error' in outcome)) {
      this.#connection.execute('rollback')
      return
    }
    this.#connection.committing()
    this.#connection.execute('commit')
  }

  async #runMember(member: Member, savepoint: boolean): Promise<Outcome> {
    const unit = this.#connection.unitAt(this.#connection.now())
    if (savepoint) this.#connection.execute('savepoint member')
    try {
      const value = await member.work(unit)
      if (savepoint) this.#connection.execute('release member')
      return { unit, value }
    } catch (error) {
      // An error of the disk ends the whole transaction.
      if (error instanceof OutageError) throw error
      if (savepoint) {
        this.#connection.execute('rollback to member')
        this.#connection.execute('release member')
      }
      return { error }
    }
  }

  #rollBack(): void {
    try {
      this.#connection.execute('rollback')
    } catch {
      // SQLite has rolled back by itself after a full disk or an I/O error; there is no transaction left to end.
    }
  }

  #tell(members: readonly Member[], outcomes: readonly Outcome[]): void {
    let committed = false
    for (const [index, member] of members.entries()) {
      const outcome = outcomes[index]
      if (!outcome || 'error' in outcome) member.reject(outcome?.error)
      else {
        committed = true
        outcome.unit.committed()
        member.resolve(outcome.value)
      }
    }
    if (committed) this.#connection.committed()
  }
}
