import { sql } from 'kysely'
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
  {
    // What operators decide of parked records. What is parked already is told of anew, with its number.
    name: 'inbox-0005-decisions',
    up: ({ builder, types }) => [
      builder.schema.alterTable('quarantine').addColumn('discarded_at', types.time),
      builder.schema.alterTable('quarantine').addColumn('decided_at', types.time),
      builder.schema.alterTable('quarantine').addColumn('decided_by', types.key),
      builder.schema.alterTable('quarantine').addColumn('note', types.text),
      builder.schema.alterTable('quarantine').addColumn('redrives', types.integer),
      // How often it was told of: the version of its stream.
      builder.schema.alterTable('quarantine').addColumn('announced', types.integer),
      builder.updateTable('quarantine').set({ announced_at: sql`null` }).where('replayed_at', 'is', null),
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
