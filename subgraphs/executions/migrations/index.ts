import type { Migration } from '#platform/database'
import { admissionMigrations } from './admission.ts'
import { deadLetterMigrations } from './dead-letters.ts'
import { flowMigrations } from './flow.ts'
import { jobCancelsMigrations } from './job-cancels.ts'
import { outputsMigrations } from './outputs.ts'
import { replayMigrations } from './replays.ts'
import { retentionMigration } from './retention.ts'
import { uniqueKeysMigrations } from './unique-keys.ts'

/** The tables of the executions context, beside those of the event store, the outbox, the inbox and the change feed. */
export const executionsMigrations: readonly Migration[] = [
  {
    // The history, made from events: one row an execution, for good.
    name: 'executions-0001-executions',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('executions')
        .addColumn('id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('job_id', types.key, (column) => column.notNull())
        .addColumn('job_version', types.integer, (column) => column.notNull())
        .addColumn('job_type', types.key, (column) => column.notNull())
        .addColumn('params', types.text, (column) => column.notNull())
        .addColumn('cause', types.text, (column) => column.notNull())
        .addColumn('status', types.key, (column) => column.notNull())
        .addColumn('scheduled_for', types.time, (column) => column.notNull())
        .addColumn('queued_at', types.time, (column) => column.notNull())
        .addColumn('started_at', types.time)
        .addColumn('attempt_started_at', types.time)
        .addColumn('finished_at', types.time)
        .addColumn('attempts', types.text, (column) => column.notNull())
        .addColumn('result', types.text)
        .addColumn('error_code', types.key)
        .addColumn('error_message', types.text)
        .addColumn('version', types.integer, (column) => column.notNull()),
      builder.schema.createIndex('executions_job').on('executions').columns(['job_id', 'id']),
      builder.schema.createIndex('executions_workspace').on('executions').columns(['workspace_id', 'id']),
      builder.schema.createIndex('executions_ended').on('executions').columns(['workspace_id', 'finished_at']),
    ],
  },
  {
    // The open executions alone, so that it stays small however long the history grows. `executor_id` is '' while one waits.
    name: 'executions-0002-queue',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('queue')
        .addColumn('execution_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('executor_id', types.key, (column) => column.notNull())
        .addColumn('place', types.key, (column) => column.notNull())
        .addColumn('epoch', types.integer, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('hash', types.key, (column) => column.notNull())
        .addColumn('sent_version', types.integer, (column) => column.notNull())
        .addColumn('correlation_id', types.key, (column) => column.notNull()),
      builder.schema.createIndex('queue_claim').on('queue').columns(['executor_id', 'place', 'execution_id']),
    ],
  },
  {
    name: 'executions-0003-executors',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('executors')
        .addColumn('id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('started_at', types.time, (column) => column.notNull())
        .addColumn('lease_until', types.time, (column) => column.notNull())
        .addColumn('lost_at', types.time),
    ],
  },
  {
    name: 'executions-0004-outputs',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('log_chunks')
        .addColumn('execution_id', types.key, (column) => column.notNull())
        .addColumn('first_seq', types.integer, (column) => column.notNull())
        .addColumn('last_seq', types.integer, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('attempt', types.integer, (column) => column.notNull())
        .addColumn('lines', types.text, (column) => column.notNull())
        .addPrimaryKeyConstraint('log_chunks_place', ['execution_id', 'first_seq']),
      builder.schema
        .createTable('artefacts')
        .addColumn('execution_id', types.key, (column) => column.notNull())
        .addColumn('name', types.key, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('media_type', types.key, (column) => column.notNull())
        .addColumn('size_bytes', types.integer, (column) => column.notNull())
        .addColumn('sha256', types.key, (column) => column.notNull())
        .addColumn('content', types.text, (column) => column.notNull())
        .addPrimaryKeyConstraint('artefacts_place', ['execution_id', 'name']),
    ],
  },
  {
    // Whoever claims an execution goes on with the trace in which it was fired.
    name: 'executions-0005-traces',
    up: ({ builder, types }) => [builder.schema.alterTable('queue').addColumn('trace_parent', types.key)],
  },
  {
    // Retries, time-outs and cancellation. What ran before has the default policy and no timer.
    name: 'executions-0006-attempts',
    up: ({ builder, types }) => [
      builder.schema.alterTable('executions').addColumn('policy', types.text),
      builder.schema.alterTable('executions').addColumn('retry_at', types.time),
      builder.schema.alterTable('executions').addColumn('cancellation', types.text),
      builder.schema.alterTable('queue').addColumn('timer_at', types.time),
      builder.schema.alterTable('queue').addColumn('heartbeat_at', types.time),
      builder.schema.alterTable('queue').addColumn('cancel', types.key),
      builder.schema.createIndex('queue_timer').on('queue').columns(['timer_at']),
    ],
  },
  retentionMigration,
  ...admissionMigrations,
  ...flowMigrations,
  ...jobCancelsMigrations,
  ...uniqueKeysMigrations,
  ...replayMigrations,
  ...deadLetterMigrations,
  ...outputsMigrations,
]
