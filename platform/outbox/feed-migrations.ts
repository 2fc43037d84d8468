import { sql } from 'kysely'
import type { Dialect, Migration } from '#platform/database'

/**
 * Makes a feed of a table that had an `id` and was numbered after its commits: what has no position yet gets one, and
 * `position` becomes the key. The head of a feed is in the outbox's tables, so these come after that one's.
 *
 * @param name how the names of the migrations begin
 */
export function feedMigrations(name: string, table: string): readonly Migration[] {
  return [
    // On its own: a transaction that has changed a table keeps everybody, even its own service, from altering it.
    { name: `${name}-numbered`, up: (dialect) => (dialect.writersAreSerial ? [] : numbered(table)) },
    {
      name: `${name}-feed`,
      up: (dialect) => (dialect.writersAreSerial ? renamed(dialect, table) : keyed(table)),
    },
  ]
}

function numbered(table: string) {
  const rows = sql.table(table)
  const head = sql.table('feed_heads')
  return [
    sql`update ${rows}
      join (select id, row_number() over (order by id) as place from ${rows} where position is null) fresh
        on fresh.id = ${sql.ref(`${table}.id`)}
      join (select coalesce(max(position), 0) as last from ${rows}) head
      set ${sql.ref(`${table}.position`)} = head.last + fresh.place`,
    sql`insert into ${head} (feed, position) select ${sql.lit(table)}, coalesce(max(position), 0) from ${rows}
      on duplicate key update position = values(position)`,
  ]
}

function keyed(table: string) {
  return [
    sql`alter table ${sql.table(table)} drop index ${sql.ref(`${table}_position`)}, drop primary key,
      drop column id, modify position bigint not null, add primary key (position)`,
  ]
}

function renamed({ builder }: Dialect, table: string) {
  return [
    builder.schema.alterTable(table).dropColumn('position'),
    builder.schema.alterTable(table).renameColumn('id', 'position'),
  ]
}
