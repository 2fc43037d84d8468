import type { Migration } from '#platform/database'

/** Priorities, limits and fairness. What was queued before has the default priority and was first. */
export const flowMigrations: readonly Migration[] = [
  {
    name: 'executions-0008-flow',
    up: ({ name, builder, types }) => [
      builder.schema
        .alterTable('queue')
        .addColumn('priority_rank', types.integer, (column) => column.notNull().defaultTo(4)),
      builder.schema
        .alterTable('queue')
        .addColumn('fair_tag', types.integer, (column) => column.notNull().defaultTo(0)),
      // An index is its table's on MySQL, and the database's on SQLite.
      name === 'mysql' ? builder.schema.dropIndex('queue_claim').on('queue') : builder.schema.dropIndex('queue_claim'),
      builder.schema
        .createIndex('queue_order')
        .on('queue')
        .columns(['executor_id', 'place', 'priority_rank', 'fair_tag', 'execution_id']),
      // One row for each execution that may run at a time: nobody counts, so no row is everybody's. '' is free.
      builder.schema
        .createTable('slots')
        .addColumn('limit_key', types.key, (column) => column.notNull())
        .addColumn('slot_no', types.integer, (column) => column.notNull())
        .addColumn('execution_id', types.key, (column) => column.notNull())
        .addPrimaryKeyConstraint('slots_place', ['limit_key', 'slot_no']),
      builder.schema.createIndex('slots_holder').on('slots').columns(['execution_id', 'limit_key', 'slot_no']),
      // The keys of jobs: who holds the row starts executions with it. The bucket of its rate, if it has one.
      builder.schema
        .createTable('flow_keys')
        .addColumn('limit_key', types.key, (column) => column.primaryKey().notNull())
        .addColumn('bucket_level', types.integer)
        .addColumn('refilled_at', types.time)
        .addColumn('per_minute', types.integer)
        .addColumn('burst', types.integer)
        .addColumn('look_at', types.time, (column) => column.notNull()),
      builder.schema.createIndex('flow_keys_look').on('flow_keys').columns(['look_at']),
      // What is queued and held by a limit; it is out of the order of claims meanwhile.
      builder.schema
        .createTable('flow_waits')
        .addColumn('execution_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('limit_key', types.key, (column) => column.notNull())
        .addColumn('kind', types.key, (column) => column.notNull())
        .addColumn('limit_max', types.integer, (column) => column.notNull())
        .addColumn('priority_rank', types.integer, (column) => column.notNull())
        .addColumn('fair_tag', types.integer, (column) => column.notNull()),
      builder.schema
        .createIndex('flow_waits_order')
        .on('flow_waits')
        .columns(['limit_key', 'kind', 'priority_rank', 'fair_tag', 'execution_id']),
      builder.schema
        .createTable('fair_shares')
        .addColumn('place', types.key, (column) => column.notNull())
        .addColumn('priority_rank', types.integer, (column) => column.notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('next_tag', types.integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('fair_shares_place', ['place', 'priority_rank', 'workspace_id']),
      builder.schema.createIndex('fair_shares_next').on('fair_shares').columns(['place', 'priority_rank', 'next_tag']),
    ],
  },
]
