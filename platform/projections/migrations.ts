import type { Migration } from '#platform/database'
import { feedMigrations } from '#platform/outbox'

/** The table of the change feed, the same in each service's database. They come after those of the outbox. */
export const changesMigrations: readonly Migration[] = [
  {
    name: 'projections-0001-changes',
    up: ({ builder, types, writersAreSerial }) => [
      builder.schema
        .createTable('changes')
        .addColumn('id', types.serial)
        .addColumn('position', types.position)
        .addColumn('change_key', types.key, (column) => column.notNull())
        .addColumn('change_group', types.key)
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('state', types.text, (column) => column.notNull())
        .addColumn('recorded_at', types.time, (column) => column.notNull()),
      ...(writersAreSerial ? [] : [builder.schema.createIndex('changes_position').on('changes').columns(['position'])]),
    ],
  },
  ...feedMigrations('projections-0002', 'changes'),
]
