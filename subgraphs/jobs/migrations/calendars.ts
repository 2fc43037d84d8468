import type { Migration } from '#platform/database'

/** Calendars, the jobs that use them, and what of those has to follow a change. */
export const calendarMigrations: readonly Migration[] = [
  {
    name: 'jobs-0010-calendars',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('calendars')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('name', types.key, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        // JSON; null is one that was deleted: its row keeps the head of the stream.
        .addColumn('rules', types.text)
        .addColumn('created_at', types.time, (column) => column.notNull())
        .addColumn('updated_at', types.time, (column) => column.notNull())
        .addColumn('stream_hash', types.key, (column) => column.notNull())
        .addPrimaryKeyConstraint('calendars_key', ['workspace_id', 'name']),
      builder.schema
        .createTable('calendar_versions')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('name', types.key, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('rules', types.text)
        .addColumn('created_at', types.time, (column) => column.notNull())
        .addColumn('updated_at', types.time, (column) => column.notNull())
        .addColumn('updated_by', types.key, (column) => column.notNull())
        .addPrimaryKeyConstraint('calendar_versions_key', ['workspace_id', 'name', 'version']),
      builder.schema
        .createTable('workspace_calendars')
        .addColumn('workspace_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('calendar_count', types.integer, (column) => column.notNull()),
    ],
  },
  {
    name: 'jobs-0011-job-calendars',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('job_calendars')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('job_id', types.key, (column) => column.notNull())
        .addColumn('name', types.key, (column) => column.notNull())
        // The calendar's, by which the job goes.
        .addColumn('version', types.integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('job_calendars_key', ['workspace_id', 'job_id', 'name']),
      builder.schema
        .createIndex('job_calendars_version')
        .on('job_calendars')
        .columns(['workspace_id', 'name', 'version', 'job_id']),
      builder.schema.createIndex('job_calendars_name').on('job_calendars').columns(['workspace_id', 'name', 'job_id']),
    ],
  },
  {
    name: 'jobs-0012-calendar-roll-outs',
    up: ({ builder, types }) => [
      // A calendar whose jobs may go by an earlier version of it.
      builder.schema
        .createTable('calendar_roll_outs')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('name', types.key, (column) => column.notNull())
        // Of the request that made the last version.
        .addColumn('correlation_id', types.key, (column) => column.notNull())
        // Whose turn it is: the one that waits longest.
        .addColumn('waiting_since', types.time, (column) => column.notNull())
        .addPrimaryKeyConstraint('calendar_roll_outs_key', ['workspace_id', 'name']),
      builder.schema.createIndex('calendar_roll_outs_turn').on('calendar_roll_outs').columns(['waiting_since']),
    ],
  },
]
