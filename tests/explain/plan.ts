import type { Database } from '#platform/database'

/** How many rows a table is filled with: enough for the server to prefer an index where there is one. */
export const ROWS = 4_000

interface ColumnRow {
  readonly t: string
  readonly c: string
  readonly type: string
  readonly extra: string
}

/** Fills every table with rows that differ in each column: texts that begin alike, numbers that count up. */
export async function fill(database: Database, isFilled: (table: string) => boolean = () => true): Promise<void> {
  const columns = await database.reader.all<ColumnRow>(
    `select table_name as t, column_name as c, data_type as type, extra as extra from information_schema.columns
     where table_schema = database() and table_name <> 'migrations' order by table_name, ordinal_position`,
  )
  for (const [table, ofTable] of Map.groupBy(columns, ({ t }) => t)) {
    if (!isFilled(table)) continue
    const given = ofTable.filter(({ extra }) => !extra.includes('auto_increment'))
    const rows = Array.from({ length: ROWS }, (_, n) =>
      given.map(({ type }) => (type === 'bigint' ? n + 1 : String(n + 1).padStart(5, '0'))),
    )
    await database.unit([], (unit) =>
      unit.insertMany(
        table,
        given.map(({ c }) => c),
        rows,
        // A table may have rows already: those that were recorded.
        'ignore',
      ),
    )
    await database.reader.all(`analyze table ${table}`)
  }
}

interface PlanRow {
  readonly table: string | null
  readonly type: string | null
  readonly rows: number | null
  readonly Extra: string | null
}

/** What the server does that grows with the table: reads all of it, or sorts what it has read. */
export async function costs({ reader }: Database, sql: string): Promise<readonly string[]> {
  const server = await reader.get<{ version: string }>('select version() as version')
  // MariaDB knows this format only as what it does by itself; MySQL's own default is a tree.
  const format = /mariadb/i.test(server?.version ?? '') ? '' : 'format = traditional'
  const plan = await reader.all<PlanRow>(`explain ${format} ${sql}`)
  return plan.flatMap(({ type, rows, Extra, table }) => [
    // Along an index from its end, as far as the limit, is no scan.
    ...(type === 'ALL' || (type === 'index' && (rows ?? ROWS) > ROWS / 10) ? [`${table}: ${type}`] : []),
    ...(/filesort|temporary/.test(Extra ?? '') ? [`${table}: ${Extra}`] : []),
  ])
}
