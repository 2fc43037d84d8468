import type { Migration } from '#platform/database'

/** Jobs of which all is to end that is open. */
export const jobCancelsMigrations: readonly Migration[] = [
  {
    name: 'executions-0012-job-cancels',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('job_cancels')
        .addColumn('job_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('ordered_by', types.key, (column) => column.notNull())
        .addColumn('ordered_at', types.time, (column) => column.notNull()),
    ],
  },
]
