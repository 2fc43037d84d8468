import { randomBytes } from 'node:crypto'
import { createConnection } from 'mysql2/promise'
import type { Clock } from '#platform/clock'
import { type Database, openMysql } from '#platform/database'
import { stackAddresses } from './stack-addresses.ts'

/** A database of one test's own on the MySQL server of the stack. */
export interface TemporaryMysql {
  readonly url: string
  readonly database: Database
  /** Opens it once more, as another process would. `drop` closes it. */
  again(): Promise<Database>
  /** Runs a statement as an operator: `kill 17`. */
  operate(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Empties its tables, but for what was migrated. Numbers that count up by themselves go on. */
  clear(): Promise<void>
  /** Closes what was opened, and removes the database. */
  drop(): Promise<void>
}

/** Opens an empty database with a random name. */
export async function temporaryMysql(clock: Clock, name = 'test'): Promise<TemporaryMysql> {
  const schema = `carillon_test_${randomBytes(6).toString('hex')}`
  const { mysqlUrl } = stackAddresses()
  const url = `${mysqlUrl.replace(/\/$/, '')}/${schema}`
  const opened: Database[] = []
  async function again(): Promise<Database> {
    const database = await openMysql({ name, url, clock })
    opened.push(database)
    return database
  }
  return {
    url,
    database: await again(),
    again,
    operate: (sql) => operate(url, sql),
    clear: () => clear(url),
    async drop() {
      await Promise.all(opened.map((database) => database.close()))
      await operate(url, `drop database if exists ${schema}`)
    },
  }
}

async function operate(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const connection = await createConnection(url)
  try {
    const [rows] = await connection.query(sql)
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    await connection.end()
  }
}

async function clear(url: string): Promise<void> {
  const connection = await createConnection(url)
  try {
    const [tables] = await connection.query('show tables')
    for (const row of tables as Record<string, string>[]) {
      const table = Object.values(row)[0]
      if (table !== 'migrations') await connection.query(`delete from \`${table}\``)
    }
  } finally {
    await connection.end()
  }
}
