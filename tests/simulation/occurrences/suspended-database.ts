import type { Database, Unit } from '#platform/database'
import { OutageError } from '../faults.ts'
import type { SimulatedProcess } from '../simulated-time.ts'

/** Lets a process stop dead in the middle of a unit, as SIGSTOP does. */
export interface Suspension {
  /** The next unit of the process does not come to its end: the process is frozen in it. */
  arm(): void
  disarm(): void
  /** Whether a unit is open that does not end, so that nobody else gets at the database. */
  isOpen(): boolean
  /** The unit ends: it is committed after all, or the server has let go of it. The process stays as it is. */
  end(how: 'commit' | 'roll back'): void
}

/** A database in whose units a process may be frozen. */
export function suspendedDatabase(
  database: Database,
  process: SimulatedProcess,
): { database: Database; suspension: Suspension } {
  let isArmed = false
  let open: ((how: 'commit' | 'roll back') => void) | undefined

  async function within<T>(unit: Unit, work: (unit: Unit) => Promise<T>): Promise<T> {
    const value = await work(unit)
    if (!isArmed) return value
    isArmed = false
    const { promise, resolve } = Promise.withResolvers<'commit' | 'roll back'>()
    open = resolve
    process.freeze()
    const how = await promise
    open = undefined
    if (how === 'roll back') throw new OutageError('the server let go of the unit')
    return value
  }

  return {
    suspension: {
      arm() {
        isArmed = true
      },
      disarm() {
        isArmed = false
      },
      isOpen: () => open !== undefined,
      end: (how) => open?.(how),
    },
    database: {
      ...database,
      unit: (keys, work) => database.unit(keys, (unit) => within(unit, work)),
      claim: <R, T>(query: Parameters<Database['claim']>[0], work: (unit: Unit, rows: R[]) => Promise<T>) =>
        database.claim<R, T>(query, (unit, rows) => within(unit, (own) => work(own, rows))),
    },
  }
}
