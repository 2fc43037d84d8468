import type { Migration } from '#platform/database'

const COUNTERS = ['retrying_count', 'held_count', 'cancelled_count', 'expired_count'] as const

/** How executions may fare beside success and failure. */
export const executionEndsMigrations: readonly Migration[] = [
  {
    name: 'jobs-0034-execution-ends',
    up: ({ builder, types }) =>
      COUNTERS.map((counter) =>
        builder.schema
          .alterTable('job_status')
          .addColumn(counter, types.integer, (column) => column.notNull().defaultTo(0)),
      ),
  },
]
