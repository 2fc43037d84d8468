import type { Migration } from '#platform/database'

/** The tables of the ledger as people see it, and of what was missed. */
export const ledgerMigrations: readonly Migration[] = [
  {
    name: 'jobs-0011-missed',
    up: ({ builder, types, writersAreSerial }) => [
      builder.schema
        .createTable('missed')
        .addColumn('id', types.serial)
        .addColumn('position', types.position)
        .addColumn('missed_id', types.key, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('job_id', types.key, (column) => column.notNull())
        // Kind, nominal time and cause in one: what makes it the same thing when it is told again.
        .addColumn('subject', types.key, (column) => column.notNull())
        .addColumn('kind', types.key, (column) => column.notNull())
        .addColumn('cause', types.key, (column) => column.notNull())
        .addColumn('scheduled_for', types.time, (column) => column.notNull())
        .addColumn('through', types.time, (column) => column.notNull())
        .addColumn('nominal_count', types.integer, (column) => column.notNull())
        .addColumn('wall_time', types.key)
        .addColumn('reason', types.key, (column) => column.notNull())
        .addColumn('detail', types.text, (column) => column.notNull())
        .addColumn('job_version', types.integer, (column) => column.notNull())
        .addColumn('late_by_ms', types.integer)
        .addColumn('execution_id', types.key)
        .addColumn('missed_at', types.time, (column) => column.notNull()),
      builder.schema.createIndex('missed_once').unique().on('missed').columns(['job_id', 'subject']),
      ...(writersAreSerial ? [] : [builder.schema.createIndex('missed_position').on('missed').columns(['position'])]),
    ],
  },
  {
    name: 'jobs-0012-occurrences',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('occurrences')
        .addColumn('job_id', types.key, (column) => column.notNull())
        .addColumn('line', types.key, (column) => column.notNull())
        .addColumn('scheduled_for', types.time, (column) => column.notNull())
        .addColumn('cause', types.key, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('shelf', types.integer, (column) => column.notNull())
        .addColumn('through', types.time, (column) => column.notNull())
        .addColumn('nominal_count', types.integer, (column) => column.notNull())
        .addColumn('wall_time', types.key)
        .addColumn('outcome', types.key, (column) => column.notNull())
        .addColumn('reason', types.key, (column) => column.notNull())
        .addColumn('detail', types.text, (column) => column.notNull())
        .addColumn('is_late', types.integer, (column) => column.notNull())
        .addColumn('effective_at', types.time)
        .addColumn('decided_at', types.time, (column) => column.notNull())
        .addColumn('job_version', types.integer, (column) => column.notNull())
        .addColumn('tzdb_version', types.key, (column) => column.notNull())
        .addColumn('execution_id', types.key)
        .addPrimaryKeyConstraint('occurrences_key', ['job_id', 'line', 'scheduled_for']),
      builder.schema
        .createIndex('occurrences_of_job')
        .on('occurrences')
        .columns(['job_id', 'shelf', 'scheduled_for', 'line']),
      builder.schema
        .createIndex('occurrences_of_workspace')
        .on('occurrences')
        .columns(['workspace_id', 'shelf', 'scheduled_for', 'job_id', 'line']),
    ],
  },
  {
    name: 'jobs-0013-overdue',
    up: ({ builder }) => [
      // Whoever watches for what is overdue looks at the earliest times first.
      builder.schema
        .createIndex('job_status_next_fire_at')
        .on('job_status')
        .columns(['job_state', 'next_fire_at', 'job_id']),
    ],
  },
  {
    name: 'jobs-0014-backfills',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('backfills')
        .addColumn('id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('job_id', types.key, (column) => column.notNull())
        .addColumn('job_version', types.integer, (column) => column.notNull())
        .addColumn('from_at', types.time, (column) => column.notNull())
        .addColumn('to_at', types.time, (column) => column.notNull())
        .addColumn('rerun', types.integer, (column) => column.notNull())
        .addColumn('fires_per_minute_max', types.integer, (column) => column.notNull())
        .addColumn('requested_at', types.time, (column) => column.notNull())
        .addColumn('cancelled_at', types.time)
        .addColumn('told_state', types.key, (column) => column.notNull())
        .addColumn('fired_count', types.integer, (column) => column.notNull())
        .addColumn('left_out_count', types.integer, (column) => column.notNull()),
      builder.schema.createIndex('backfills_of_job').on('backfills').columns(['job_id', 'id']),
    ],
  },
]
