import type { TemporaryMysql } from '#platform/testing'

/** A statement as a service sent it, and in which database. */
export interface Recorded {
  readonly database: string
  readonly sql: string
}

const LOOK_ROWS_MAX = 500_000

/** What an operator does on the server. */
type Operate = TemporaryMysql['operate']

/** Has the server write down every statement of sessions that begin from now on, whoever opens them. */
export async function startRecording(operate: Operate): Promise<void> {
  await operate("set global log_output = 'TABLE'")
  await operate('set global general_log = ON')
}

/** Ends the recording. @returns one statement of each shape that reads or changes rows of databases with this prefix */
export async function stopRecording(operate: Operate, prefix: string): Promise<readonly Recorded[]> {
  await operate('set global general_log = OFF')
  const rows = await operate(
    `select thread_id as thread, command_type as kind, convert(argument using utf8mb4) as text
     from mysql.general_log where command_type in ('Connect', 'Query', 'Init DB') limit ${LOOK_ROWS_MAX}`,
  )
  await operate('truncate table mysql.general_log')
  const databaseOf = new Map<string, string>()
  const shapes = new Map<string, Recorded>()
  for (const { thread, kind, text } of rows as readonly { thread: number; kind: string; text: string }[]) {
    const name = String(thread)
    if (kind === 'Connect') databaseOf.set(name, / on (\S+) using /.exec(text)?.[1] ?? '')
    if (kind === 'Init DB') databaseOf.set(name, text)
    const database = databaseOf.get(name) ?? ''
    if (kind !== 'Query' || !database.startsWith(prefix)) continue
    const sql = text.replace(/^\s*savepoint member;/, '').trim()
    if (!/^(select|update|delete)\b/i.test(sql) || !/\b(from|update)\s/i.test(sql)) continue
    const shape = `${database} ${shapeOf(sql)}`
    if (!shapes.has(shape)) shapes.set(shape, { database, sql })
  }
  return [...shapes.values()]
}

/** The statement without its values: lists of any length are one. */
export function shapeOf(sql: string): string {
  return sql
    .replace(/x'[0-9a-f]*'/gi, '?')
    .replace(/'(?:[^'\\]|\\.|'')*'/g, '?')
    .replace(/\b\d+\b/g, '?')
    .replace(/\?(?:\s*,\s*\?)+/g, '?')
    .replace(/(?: or id between \? and \?| when id <= \? then \?)+/g, '')
    .replace(/\s+/g, ' ')
}
