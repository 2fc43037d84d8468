import type { ClaimQuery, Database, Reader, Unit } from '#platform/database'
import { type Faults, OutageError, type UnitFault } from './faults.ts'
import type { SimulatedProcess } from './simulated-time.ts'

/**
 * A database as one process has it: what the process awaits of it waits while the process is frozen, and what fails is
 * drawn. The database itself goes on without the process: a commit that was under way takes place.
 */
export function faultyDatabase(database: Database, process: SimulatedProcess, faults: Faults): Database {
  const read = async <T>(query: () => Promise<T>): Promise<T> => {
    await process.pass()
    if (faults.read()) throw new OutageError('a read failed')
    return answered(process, query())
  }

  async function write<T>(
    commit: (work: <R>(unit: Unit, run: (unit: Unit) => Promise<R>) => Promise<R>) => Promise<T>,
  ) {
    await process.pass()
    const fault = faults.unit()
    if (fault === 'refused') throw new OutageError('the unit was refused')
    const value = await answered(
      process,
      commit(async (unit, run) => {
        const result = await run(processUnit(unit, process, fault))
        if (fault.startsWith('killed')) process.kill()
        if (fault === 'rolled back' || fault === 'killed before commit') throw new OutageError(`the unit was ${fault}`)
        return result
      }),
    )
    if (fault === 'answer lost') throw new OutageError('the answer to a commit was lost')
    return value
  }

  return {
    ...database,
    reader: processReader(database.reader, read),
    now: () => read(() => database.now()),
    unit: <T>(keys: readonly string[], work: (unit: Unit) => Promise<T>) =>
      write((within) => database.unit(keys, (unit) => within(unit, work))),
    claim: <R, T>(query: ClaimQuery, work: (unit: Unit, rows: R[]) => Promise<T>) =>
      write((within) => database.claim<R, T>(query, (unit, rows) => within(unit, (own) => work(own, rows)))),
    onCommit: (listener) => database.onCommit(() => process.state === 'running' && listener()),
    // A process that ends leaves the database to the others.
    close: async () => undefined,
  }
}

async function answered<T>(process: SimulatedProcess, work: Promise<T>): Promise<T> {
  try {
    return await work
  } finally {
    await process.pass()
  }
}

function processReader(reader: Reader, read: <T>(query: () => Promise<T>) => Promise<T>): Reader {
  return {
    dialect: reader.dialect,
    all: (sql, params) => read(() => reader.all(sql, params)),
    get: (sql, params) => read(() => reader.get(sql, params)),
    query: (query) => read(() => reader.query(query)),
  }
}

/** Who never hears that a unit was committed does nothing after its commit. */
function processUnit(unit: Unit, process: SimulatedProcess, fault: UnitFault): Unit {
  return {
    ...unit,
    afterCommit(hook) {
      if (fault !== 'answer lost') unit.afterCommit(() => process.run(hook))
    },
  }
}
