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
