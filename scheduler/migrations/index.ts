import type { Migration } from '#platform/database'
import { ledgerMigrations } from './ledger.ts'
import { timingMigrations } from './timing.ts'

/** The tables of the scheduler, beside those of the platform's rooms. */
export const schedulerMigrations: readonly Migration[] = [
  {
    name: 'scheduler-0001-timetable',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('timetable')
        .addColumn('job_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('job_version', types.integer, (column) => column.notNull())
        .addColumn('job_type', types.key, (column) => column.notNull())
        .addColumn('schedule', types.text, (column) => column.notNull())
        .addColumn('params', types.text, (column) => column.notNull())
        .addColumn('state', types.key, (column) => column.notNull())
        .addColumn('scheduled_since', types.time, (column) => column.notNull())
        .addColumn('decided_through', types.time, (column) => column.notNull())
        .addColumn('next_fire_at', types.time)
        .addColumn('waiting', types.text)
        .addColumn('stream_version', types.integer, (column) => column.notNull())
        .addColumn('stream_hash', types.key)
        .addColumn('fire_count', types.integer, (column) => column.notNull()),
      builder.schema.createIndex('timetable_next_fire_at').on('timetable').columns(['next_fire_at']),
    ],
  },
  {
    name: 'scheduler-0002-occurrences',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('occurrences')
        .addColumn('job_id', types.key, (column) => column.notNull())
        .addColumn('cause', types.key, (column) => column.notNull())
        .addColumn('nominal_at', types.time, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('outcome', types.key, (column) => column.notNull())
        .addColumn('execution_id', types.key, (column) => column.notNull())
        .addColumn('job_version', types.integer, (column) => column.notNull())
        .addColumn('decided_at', types.time, (column) => column.notNull())
        // The one identity of an occurrence: whatever else fails, no nominal time fires twice.
        .addPrimaryKeyConstraint('occurrences_pk', ['job_id', 'cause', 'nominal_at']),
    ],
  },
  {
    // A table of its own, which is nearly always empty: what fires writes no column for it, and counting it is free.
    name: 'scheduler-0003-parked-jobs',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('parked_jobs')
        .addColumn('job_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('reason', types.text, (column) => column.notNull())
        .addColumn('parked_at', types.time, (column) => column.notNull()),
    ],
  },
  ...ledgerMigrations,
  ...timingMigrations,
]
