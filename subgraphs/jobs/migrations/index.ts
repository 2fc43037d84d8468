import type { Migration } from '#platform/database'
import { admissionMigrations } from './admission.ts'
import { calendarMigrations } from './calendars.ts'
import { chainMigrations } from './chains.ts'
import { executionEndsMigrations } from './execution-ends.ts'
import { jobTimingMigrations } from './job-timing.ts'
import { ledgerMigrations } from './ledger.ts'
import { ledgerHorizonMigrations } from './ledger-horizon.ts'
import { missedFeedMigrations } from './missed-feed.ts'
import { webhooksMigrations } from './webhooks.ts'

/** The tables of jobs, beside those of the platform. */
export const jobsMigrations: readonly Migration[] = [
  {
    name: 'jobs-0001-jobs',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('jobs')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('id', types.key, (column) => column.notNull())
        .addColumn('owner_id', types.key, (column) => column.notNull())
        .addColumn('name', types.text, (column) => column.notNull())
        // Lower case, for a search that ignores it: databases differ in what they fold.
        .addColumn('name_folded', types.text, (column) => column.notNull())
        .addColumn('job_type', types.key, (column) => column.notNull())
        .addColumn('schedule', types.text, (column) => column.notNull())
        .addColumn('params', types.text, (column) => column.notNull())
        .addColumn('state', types.key, (column) => column.notNull())
        .addColumn('scheduled_since', types.time, (column) => column.notNull())
        .addColumn('created_at', types.time, (column) => column.notNull())
        .addColumn('updated_at', types.time, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('sent_version', types.integer, (column) => column.notNull())
        // With the version the head of the job's stream: a change reads this row and no event.
        .addColumn('stream_hash', types.key, (column) => column.notNull())
        // Ids are UUIDv7: within a workspace this is the order of creation, and every query names the workspace.
        .addPrimaryKeyConstraint('jobs_key', ['workspace_id', 'id']),
    ],
  },
  {
    name: 'jobs-0002-workspace-jobs',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('workspace_jobs')
        .addColumn('workspace_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('job_count', types.integer, (column) => column.notNull()),
    ],
  },
  {
    name: 'jobs-0003-job-status',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('job_status')
        .addColumn('job_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('phase', types.key, (column) => column.notNull())
        .addColumn('job_state', types.key, (column) => column.notNull())
        .addColumn('schedule_version', types.integer, (column) => column.notNull())
        .addColumn('advanced_version', types.integer, (column) => column.notNull())
        .addColumn('next_fire_at', types.time)
        .addColumn('exhausted', types.integer, (column) => column.notNull())
        .addColumn('last_fired_at', types.time)
        .addColumn('last_execution_id', types.key)
        .addColumn('last_outcome', types.key)
        .addColumn('last_ended_at', types.time)
        .addColumn('last_ended_execution_id', types.key)
        .addColumn('fired_count', types.integer, (column) => column.notNull())
        .addColumn('queued_count', types.integer, (column) => column.notNull())
        .addColumn('running_count', types.integer, (column) => column.notNull())
        .addColumn('succeeded_count', types.integer, (column) => column.notNull())
        .addColumn('failed_count', types.integer, (column) => column.notNull())
        .addColumn('updated_at', types.time, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull()),
    ],
  },
  ...jobTimingMigrations,
  ...ledgerMigrations,
  ...webhooksMigrations,
  ...calendarMigrations,
  ...executionEndsMigrations,
  ...ledgerHorizonMigrations,
  ...chainMigrations,
  ...admissionMigrations,
  ...missedFeedMigrations,
]
