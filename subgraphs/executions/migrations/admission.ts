import { sql } from 'kysely'
import type { Migration } from '#platform/database'

/** Which executions of a job are open, and which of them wait behind others. */
export const admissionMigrations: readonly Migration[] = [
  {
    name: 'executions-0007-admission',
    up: ({ builder, types }) => [
      builder.schema.alterTable('executions').addColumn('blocked_by', types.key),
      builder.schema.alterTable('queue').addColumn('job_id', types.key),
      builder.schema.alterTable('queue').addColumn('waiting_since', types.time),
      builder.schema.createIndex('queue_job').on('queue').columns(['job_id', 'waiting_since', 'execution_id']),
      // A row for each job of which something came that may not overlap: two that come at once are decided one by one.
      builder.schema
        .createTable('admission_locks')
        .addColumn('job_id', types.key, (column) => column.primaryKey().notNull()),
      // The last: on MySQL it holds the rows until the commit, and what changes tables would wait for that.
      sql`update queue set job_id = (
            select executions.job_id from executions where executions.id = queue.execution_id
          ) where job_id is null`,
    ],
  },
]
