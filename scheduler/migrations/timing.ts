import type { Migration } from '#platform/database'

/** What a timetable row says of time beyond its schedule. All of it may be missing: rows from before have none of it. */
export const timingMigrations: readonly Migration[] = [
  {
    name: 'scheduler-0008-timetable-timing',
    up: ({ builder, types }) => [
      // JSON, as the events have it; null is what holds where nothing is said.
      builder.schema.alterTable('timetable').addColumn('timing', types.text),
      builder.schema.alterTable('timetable').addColumn('policy', types.text),
      builder.schema.alterTable('timetable').addColumn('paused_until', types.time),
      builder.schema.alterTable('timetable').addColumn('pause_note', types.text),
      builder.schema.alterTable('timetable').addColumn('last_nominal_at', types.time),
      builder.schema
        .alterTable('timetable')
        .addColumn('schedule_fires', types.integer, (column) => column.notNull().defaultTo(0)),
      builder.schema.alterTable('timetable').addColumn('backlog_as_of', types.time),
      builder.schema.alterTable('timetable').addColumn('last_skip', types.text),
      builder.schema.alterTable('timetable').addColumn('backfills', types.text),
      // Of the tz database by which the next time was found; empty where there is none, and in UTC, which has no changes.
      builder.schema
        .alterTable('timetable')
        .addColumn('tzdb_version', types.key, (column) => column.notNull().defaultTo('')),
      builder.schema.createIndex('timetable_tzdb_version').on('timetable').columns(['tzdb_version']),
    ],
  },
]
