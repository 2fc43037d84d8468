import type { Dialect, Migration } from '#platform/database'

/** The tables of the inbox, the same in each service's database. */
export const inboxMigrations: readonly Migration[] = [
  {
    name: 'inbox-0001-marks',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('inbox_marks')
        .addColumn('consumer', types.key, (column) => column.notNull())
        .addColumn('stream', types.key, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('waiting', types.integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('inbox_marks_stream', ['consumer', 'stream']),
    ],
  },
  {
    name: 'inbox-0002-waiting',
    up: (dialect) => [
      recordTable(dialect, 'inbox_waiting').addPrimaryKeyConstraint('inbox_waiting_version', [
        'consumer',
        'stream',
        'version',
      ]),
    ],
  },
  {
    name: 'inbox-0003-quarantine',
    up: (dialect) => [
      recordTable(dialect, 'quarantine')
        .addColumn('id', dialect.types.serial)
        .addColumn('schema_id', dialect.types.integer)
        .addColumn('reason', dialect.types.key, (column) => column.notNull())
        .addColumn('message', dialect.types.text, (column) => column.notNull())
        .addColumn('quarantined_at', dialect.types.time, (column) => column.notNull())
        .addColumn('announced_at', dialect.types.time)
        .addColumn('replayed_at', dialect.types.time)
        .addUniqueConstraint('quarantine_version', ['consumer', 'stream', 'version']),
      dialect.builder.schema.createIndex('quarantine_announced').on('quarantine').columns(['consumer', 'announced_at']),
    ],
  },
  {
    name: 'inbox-0004-locks',
    up: ({ builder, types }) => [
      builder.schema.createTable('inbox_locks').addColumn('name', types.key, (column) => column.primaryKey().notNull()),
    ],
  },
]

function recordTable({ builder, types }: Dialect, name: string) {
  return builder.schema
    .createTable(name)
    .addColumn('consumer', types.key, (column) => column.notNull())
    .addColumn('stream', types.key, (column) => column.notNull())
    .addColumn('version', types.integer, (column) => column.notNull())
    .addColumn('topic', types.key, (column) => column.notNull())
    .addColumn('partition_no', types.integer, (column) => column.notNull())
    .addColumn('record_offset', types.integer, (column) => column.notNull())
    .addColumn('record_key', types.text, (column) => column.notNull())
    .addColumn('value', types.bytes)
    .addColumn('headers', types.text, (column) => column.notNull())
    .addColumn('produced_at', types.time, (column) => column.notNull())
}
