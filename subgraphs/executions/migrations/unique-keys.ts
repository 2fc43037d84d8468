import type { Migration } from '#platform/database'

/** Which execution of a job has taken a value of its key, and until when others with that value are duplicates. */
export const uniqueKeysMigrations: readonly Migration[] = [
  {
    name: 'executions-0013-unique-keys',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('unique_keys')
        .addColumn('id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('execution_id', types.key, (column) => column.notNull())
        .addColumn('until_at', types.time, (column) => column.notNull()),
      builder.schema.createIndex('unique_keys_until').on('unique_keys').columns(['until_at']),
    ],
  },
]
