import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import type { Log } from '#platform/telemetry'
import type { Database, Write } from './database.ts'
import { mysqlDialect } from './mysql-dialect.ts'
import { Lanes } from './mysql-lanes.ts'
import { prepareServer } from './mysql-server.ts'
import { addressOf } from './mysql-session.ts'
import { mysqlReader, readSessions, seatAt } from './mysql-sessions.ts'
import type { TransactionOptions } from './mysql-transaction.ts'
import { traceUnit } from './trace-unit.ts'

/** How to open a database on a MySQL server. */
export interface MysqlOptions {
  readonly name: string
  /** `mysql://user:password@host:port/database`. The database is made when it is missing. */
  readonly url: string
  readonly clock: Pick<Clock, 'turn'>
  readonly log?: Pick<Log, 'warn'>
}

const WRITERS = 4
const CLAIMERS = 2
/** Units of keys that begin so are written in time or in vain: nothing else waits in their lane. */
const LEASES = 'lease:'
const LEASE_WRITERS = 2
const READERS = 4
// A unit of a group costs round trips, in which the others wait: there are other lanes for what does not fit.
const MEMBERS_MAX = 64
/** A process that is frozen in a transaction keeps rows locked for so long. Less than the wait for a lock. */
const IDLE_SECONDS_MAX = 2
const CLAIM_IDLE_SECONDS_MAX = 1
const STATEMENT_CHARACTERS_MAX = 1024 * 1024

/**
 * Opens a database on a MySQL or MariaDB server. The server's clock decides, its transactions overlap (READ COMMITTED),
 * and one that is lost to a deadlock is run again by itself, a few times.
 *
 * A server that goes away is an `OutageError` for who asks meanwhile; when it is back the same object works again.
 *
 * @throws {WrongServerError} for a server without InnoDB, strict mode or SKIP LOCKED
 * @throws {OutageError} when the server is not there
 */
export async function openMysql({ name, url, clock, log }: MysqlOptions): Promise<Database> {
  const address = addressOf(url)
  const { packetBytesMax } = await prepareServer(address)
  const dialect = mysqlDialect()
  const listeners = new Map<() => void, readonly Write[] | undefined>()
  const reads = readSessions(address, READERS)
  const reader = mysqlReader(dialect, reads.run)
  const transaction: Omit<TransactionOptions, 'idleSecondsMax'> = {
    dialect,
    // A character may take four bytes.
    statementCharactersMax: Math.min(STATEMENT_CHARACTERS_MAX, Math.floor(packetBytesMax / 4)),
    runBeside: reads.run,
    committing: () => failPoint(`${name}.before-commit`),
    committed(written) {
      failPoint(`${name}.after-commit`)
      for (const [listener, writes] of listeners) {
        if (writes?.some((write) => written.has(write)) ?? true) listener()
      }
    },
    dropFailed: (err) => log?.warn('database.drop-failed', { database: name, err }),
  }
  const turn = (): Promise<void> => clock.turn()
  const seats = (count: number) => Array.from({ length: count }, () => seatAt(address))
  const writing = (count: number) =>
    new Lanes({
      ...transaction,
      turn,
      seats: seats(count),
      membersMax: MEMBERS_MAX,
      idleSecondsMax: IDLE_SECONDS_MAX,
      retriesLostConnection: true,
    })
  const writers = writing(WRITERS)
  const leases = writing(LEASE_WRITERS)
  // Never together with others, and never again by itself when the connection is lost: the rows may be another's by then.
  const claimers = new Lanes({
    ...transaction,
    turn,
    seats: seats(CLAIMERS),
    membersMax: 1,
    idleSecondsMax: CLAIM_IDLE_SECONDS_MAX,
    retriesLostConnection: false,
  })

  async function close(): Promise<void> {
    await Promise.all([writers, leases, claimers].map((lanes) => lanes.close()))
    listeners.clear()
    await reads.end()
  }

  let closing: Promise<void> | undefined
  return {
    name,
    dialect,
    reader,
    async now() {
      const row = await reader.get<{ now_ms: number }>('select cast(unix_timestamp(now(3)) * 1000 as signed) as now_ms')
      return new Date(Number(row?.now_ms))
    },
    unit(keys, work) {
      const lanes = keys[0]?.startsWith(LEASES) ? leases : writers
      return traceUnit(name, work, (traced) => lanes.enter(keys, traced))
    },
    claim: (query, work) =>
      claimers.enter([], async (unit) => work(unit, await unit.all(query.sql + dialect.lockForClaim, query.params))),
    onCommit(listener, writes) {
      listeners.set(listener, writes)
      return () => listeners.delete(listener)
    },
    get takesWrites() {
      return writers.takesWrites && claimers.takesWrites
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}
