import type { Migration } from '#platform/database'
import { feedMigrations } from './feed-migrations.ts'

/** The tables of the outbox, and the heads of all feeds, the same in each service's database. */
export const outboxMigrations: readonly Migration[] = [
  {
    name: 'outbox-0001-records',
    up: ({ builder, types, writersAreSerial }) => [
      builder.schema
        .createTable('outbox')
        .addColumn('id', types.serial)
        .addColumn('position', types.position)
        .addColumn('topic', types.key, (column) => column.notNull())
        .addColumn('partition_no', types.integer, (column) => column.notNull())
        .addColumn('record_key', types.key, (column) => column.notNull())
        .addColumn('record_schema', types.key, (column) => column.notNull())
        .addColumn('body', types.bytes, (column) => column.notNull())
        .addColumn('stream', types.key, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('previous', types.integer, (column) => column.notNull())
        .addColumn('correlation_id', types.key, (column) => column.notNull())
        .addColumn('recorded_at', types.time, (column) => column.notNull()),
      builder.schema
        .createIndex('outbox_partition')
        .on('outbox')
        .columns(['topic', 'partition_no', writersAreSerial ? 'id' : 'position']),
      ...(writersAreSerial ? [] : [builder.schema.createIndex('outbox_position').on('outbox').columns(['position'])]),
    ],
  },
  {
    name: 'outbox-0002-feed-heads',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('feed_heads')
        .addColumn('feed', types.key, (column) => column.primaryKey().notNull())
        .addColumn('position', types.integer, (column) => column.notNull()),
    ],
  },
  {
    name: 'outbox-0003-relays',
    up: ({ builder, types }) => [
      builder.schema.alterTable('outbox').addColumn('trace_parent', types.key),
      builder.schema
        .createTable('outbox_relays')
        // A shard's number, or the name of a relay that takes part.
        .addColumn('name', types.key, (column) => column.primaryKey().notNull())
        .addColumn('sent', types.integer, (column) => column.notNull())
        .addColumn('holder', types.key, (column) => column.notNull())
        .addColumn('lease_until', types.time, (column) => column.notNull()),
    ],
  },
  {
    name: 'outbox-0004-settled-ids',
    up: ({ builder, types, name }) => [
      builder.schema
        .alterTable('feed_heads')
        .addColumn('settled', types.integer, (column) => column.notNull().defaultTo(0)),
      builder.schema.alterTable('feed_heads').addColumn('gaps', types.text),
      // Partitions are followed where there is no broker; there a relay follows positions.
      ...(name === 'mysql' ? [builder.schema.dropIndex('outbox_partition').on('outbox')] : []),
    ],
  },
  ...feedMigrations('outbox-0005', 'outbox'),
  {
    name: 'outbox-0006-heads',
    up: ({ builder }) =>
      ['settled', 'gaps'].map((column) => builder.schema.alterTable('feed_heads').dropColumn(column)),
  },
  {
    name: 'outbox-0007-schemas',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('outbox_schemas')
        .addColumn('version', types.key, (column) => column.primaryKey().notNull())
        .addColumn('name', types.key, (column) => column.notNull())
        .addColumn('avsc', types.text, (column) => column.notNull()),
    ],
  },
]
