import { sql } from 'kysely'
import type { Migration } from '#platform/database'

/** The tables of the event store, the same in each service's database. */
export const eventStoreMigrations: readonly Migration[] = [
  {
    name: 'event-store-0001-events',
    up: ({ builder, types, writersAreSerial }) => [
      builder.schema
        .createTable('events')
        .addColumn('id', types.serial)
        .addColumn('position', types.position)
        .addColumn('stream', types.key, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('type', types.key, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('actor', types.key, (column) => column.notNull())
        .addColumn('correlation_id', types.key, (column) => column.notNull())
        .addColumn('causation_id', types.key, (column) => column.notNull())
        .addColumn('recorded_at', types.time, (column) => column.notNull())
        .addColumn('payload', types.text)
        .addColumn('payload_hash', types.key, (column) => column.notNull())
        .addColumn('hash', types.key, (column) => column.notNull()),
      builder.schema.createIndex('events_stream').unique().on('events').columns(['stream', 'version']),
      ...(writersAreSerial ? [] : [builder.schema.createIndex('events_position').on('events').columns(['position'])]),
    ],
  },
  {
    name: 'event-store-0002-commands',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('commands')
        .addColumn('command_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('request_hash', types.key, (column) => column.notNull())
        .addColumn('answer', types.text, (column) => column.notNull())
        .addColumn('recorded_at', types.time, (column) => column.notNull()),
    ],
  },
  {
    // Positions were for those who follow: nobody follows events but a rebuild, which goes by their ids.
    name: 'event-store-0003-no-positions',
    up: ({ builder, writersAreSerial }) =>
      writersAreSerial
        ? [builder.schema.alterTable('events').dropColumn('position')]
        : [sql`alter table events drop index events_position, drop column position`],
  },
]
