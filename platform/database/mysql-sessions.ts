import type { Compilable } from 'kysely'
import type { Reader, Value } from './database.ts'
import type { Dialect } from './dialect.ts'
import { TransientError } from './errors.ts'
import { type Address, type Answer, openSession, type Session } from './mysql-session.ts'
import { withParameters } from './mysql-text.ts'

/** A place for a session, which is opened when it is needed and again when it was lost. */
export interface Seat {
  /** @throws {OutageError} when the server is not there */
  session(): Promise<Session>
  end(): Promise<void>
}

/** A seat at a server. */
export function seatAt(address: Address): Seat {
  let current: Session | undefined
  let opening: Promise<Session> | undefined
  return {
    async session() {
      if (current && !current.isBroken) return current
      opening ??= openSession(address).finally(() => (opening = undefined))
      current = await opening
      return current
    },
    async end() {
      await opening?.catch(() => undefined)
      await current?.end()
    },
  }
}

/** Reads what is committed, each statement on the session that has the least to do. */
export interface ReadSessions {
  run(sql: string): Promise<Answer>
  end(): Promise<void>
}

/** Opens `count` seats for reading. A read whose session is lost is made again, once. */
export function readSessions(address: Address, count: number): ReadSessions {
  const seats = Array.from({ length: count }, () => ({ seat: seatAt(address), reading: 0 }))

  async function runOnce(sql: string): Promise<Answer> {
    const least = seats.reduce((one, other) => (other.reading < one.reading ? other : one))
    least.reading++
    try {
      return await (await least.seat.session()).run(sql)
    } finally {
      least.reading--
    }
  }

  return {
    async run(sql) {
      try {
        return await runOnce(sql)
      } catch (error) {
        if (!(error instanceof TransientError)) throw error
        return runOnce(sql)
      }
    },
    async end() {
      await Promise.all(seats.map(({ seat }) => seat.end()))
    },
  }
}

/** A reader over anything that runs statements. */
export function mysqlReader(dialect: Dialect, run: (sql: string) => Promise<Answer>): Reader {
  return {
    dialect,
    all: async <R>(sql: string, params?: readonly Value[]) => (await run(withParameters(sql, params))).rows as R[],
    get: async <R>(sql: string, params?: readonly Value[]) =>
      (await run(withParameters(sql, params))).rows[0] as R | undefined,
    async query<R>(query: Compilable<R>) {
      const { sql, parameters } = query.compile()
      return (await run(withParameters(sql, parameters as readonly Value[]))).rows as R[]
    },
  }
}
