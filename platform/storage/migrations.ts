import type { Migration } from '#platform/database'

/** The table of a database that holds objects. */
export const storageMigrations: readonly Migration[] = [
  {
    name: 'storage-0001-objects',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('stored_objects')
        .addColumn('object_key', types.key, (column) => column.primaryKey().notNull())
        .addColumn('content', types.bytes, (column) => column.notNull()),
    ],
  },
]
