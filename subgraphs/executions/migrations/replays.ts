import type { Migration } from '#platform/database'

/** Where executions come from, and the sets of them that are run again. */
export const replayMigrations: readonly Migration[] = [
  {
    name: 'executions-0009-origin',
    up: ({ builder, types }) => [
      builder.schema.alterTable('executions').addColumn('origin_id', types.key),
      // What was run again, and as what: a retry looks here for one that is open, a replay for what needs none.
      builder.schema
        .createTable('repeats')
        .addColumn('origin_id', types.key, (column) => column.notNull())
        .addColumn('execution_id', types.key, (column) => column.notNull())
        .addPrimaryKeyConstraint('repeats_key', ['origin_id', 'execution_id']),
    ],
  },
  {
    // Jobs as job-events told of them last.
    name: 'executions-0009-job-definitions',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('job_definitions')
        .addColumn('job_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('job_type', types.key, (column) => column.notNull())
        .addColumn('params', types.text, (column) => column.notNull())
        .addColumn('policy', types.text, (column) => column.notNull())
        .addColumn('is_archived', types.integer, (column) => column.notNull()),
    ],
  },
  {
    name: 'executions-0009-replays',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('replays')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('id', types.key, (column) => column.notNull())
        .addColumn('request', types.text, (column) => column.notNull())
        .addColumn('requested_by', types.key, (column) => column.notNull())
        .addColumn('requested_at', types.time, (column) => column.notNull())
        .addColumn('per_minute_max', types.integer, (column) => column.notNull())
        .addColumn('selected_count', types.integer, (column) => column.notNull())
        .addColumn('state', types.key, (column) => column.notNull())
        // The origin up to which it has come.
        .addColumn('reached', types.key, (column) => column.notNull())
        .addColumn('queued_count', types.integer, (column) => column.notNull())
        .addColumn('outcomes', types.text, (column) => column.notNull())
        // When there is something to do; null once all has ended.
        .addColumn('due_at', types.time)
        .addColumn('ended_at', types.time)
        .addColumn('version', types.integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('replays_key', ['workspace_id', 'id']),
      builder.schema.createIndex('replays_due').on('replays').columns(['due_at']),
      builder.schema.createIndex('replays_list').on('replays').columns(['workspace_id', 'requested_at', 'id']),
      // The set, fixed when it was asked for.
      builder.schema
        .createTable('replay_items')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('replay_id', types.key, (column) => column.notNull())
        .addColumn('origin_id', types.key, (column) => column.notNull())
        .addColumn('execution_id', types.key)
        .addPrimaryKeyConstraint('replay_items_key', ['workspace_id', 'replay_id', 'origin_id']),
      // Of a replay by the latest definitions: the jobs as they were when it was asked for.
      builder.schema
        .createTable('replay_jobs')
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('replay_id', types.key, (column) => column.notNull())
        .addColumn('job_id', types.key, (column) => column.notNull())
        .addColumn('version', types.integer, (column) => column.notNull())
        .addColumn('job_type', types.key, (column) => column.notNull())
        .addColumn('params', types.text, (column) => column.notNull())
        .addColumn('policy', types.text, (column) => column.notNull())
        .addPrimaryKeyConstraint('replay_jobs_key', ['workspace_id', 'replay_id', 'job_id']),
    ],
  },
]
