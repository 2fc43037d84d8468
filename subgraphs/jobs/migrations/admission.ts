import type { Migration } from '#platform/database'

const COUNTERS = ['waiting_count', 'skipped_count'] as const

/** How executions fare that would overlap with others of their job. */
export const admissionMigrations: readonly Migration[] = [
  {
    name: 'jobs-0050-admission',
    up: ({ builder, types }) =>
      COUNTERS.map((counter) =>
        builder.schema
          .alterTable('job_status')
          .addColumn(counter, types.integer, (column) => column.notNull().defaultTo(0)),
      ),
  },
]
