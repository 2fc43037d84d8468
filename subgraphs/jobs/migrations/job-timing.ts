import { sql } from 'kysely'
import type { Migration } from '#platform/database'

/** What a job says of time, its pause, and how often its executions failed in a row. */
export const jobTimingMigrations: readonly Migration[] = [
  {
    name: 'jobs-0004-job-timing',
    up: ({ builder, types }) => [
      builder.schema.alterTable('jobs').addColumn('timing', types.text),
      builder.schema.alterTable('jobs').addColumn('policy', types.text),
      builder.schema.alterTable('jobs').addColumn('pause_on_failures', types.integer),
      builder.schema.alterTable('jobs').addColumn('pause_since', types.time),
      builder.schema.alterTable('jobs').addColumn('pause_until', types.time),
      builder.schema.alterTable('jobs').addColumn('pause_note', types.text),
      builder.schema.alterTable('jobs').addColumn('pause_by', types.key),
      builder.schema.alterTable('jobs').addColumn('pause_reason', types.key),
      // Few rows have one, so that those whose end has come are found at once.
      builder.schema.createIndex('jobs_pause_until').on('jobs').columns(['pause_until']),
      sql`update jobs set pause_by = '', pause_reason = 'ASKED', pause_since = (
            select max(recorded_at) from events
            where events.stream = concat('job-', jobs.id) and events.type = 'JobPaused'
          ) where state = 'PAUSED'`,
    ],
  },
  {
    name: 'jobs-0005-failures-in-a-row',
    up: ({ builder, types }) => [
      builder.schema.alterTable('job_status').addColumn('pause_on_failures', types.integer),
      builder.schema.alterTable('job_status').addColumn('streak_since', types.time),
      builder.schema.alterTable('job_status').addColumn('failure_times', types.text),
    ],
  },
]
