import type { Migration } from '#platform/database'

/** What the consumers of all services have parked, as the topic `quarantine` told of it last. */
export const deadLetterMigrations: readonly Migration[] = [
  {
    name: 'executions-0009-dead-letters',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('dead_letters')
        .addColumn('id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('consumer', types.key, (column) => column.notNull())
        .addColumn('quarantine_id', types.integer, (column) => column.notNull())
        .addColumn('topic', types.key, (column) => column.notNull())
        .addColumn('partition_no', types.integer, (column) => column.notNull())
        .addColumn('record_offset', types.key, (column) => column.notNull())
        .addColumn('record_key', types.text)
        .addColumn('value', types.bytes)
        .addColumn('size_bytes', types.integer, (column) => column.notNull())
        .addColumn('schema_id', types.integer)
        .addColumn('reason', types.key, (column) => column.notNull())
        .addColumn('message', types.text, (column) => column.notNull())
        .addColumn('quarantined_at', types.time, (column) => column.notNull())
        .addColumn('state', types.key, (column) => column.notNull())
        .addColumn('note', types.text, (column) => column.notNull())
        .addColumn('decided_by', types.key)
        .addColumn('decided_at', types.time)
        .addColumn('redrives', types.integer, (column) => column.notNull())
        // A decision that its consumer has not told of yet, and how many were sent.
        .addColumn('pending', types.key)
        .addColumn('decisions', types.integer),
      builder.schema.createIndex('dead_letters_list').on('dead_letters').columns(['quarantined_at', 'id']),
      builder.schema.createIndex('dead_letters_state').on('dead_letters').columns(['state', 'quarantined_at', 'id']),
    ],
  },
]
