import type { Migration } from '#platform/database'

/** Which job follows which, and what became of the open executions of an archived one. */
export const chainMigrations: readonly Migration[] = [
  {
    name: 'jobs-0040-chains',
    up: ({ builder, types }) => [
      builder.schema.alterTable('jobs').addColumn('after_job_id', types.key),
      builder.schema.alterTable('jobs').addColumn('after_job_on', types.key),
      builder.schema.alterTable('jobs').addColumn('archive_terms', types.text),
      builder.schema.createIndex('jobs_after_job').on('jobs').columns(['after_job_id', 'id']),
    ],
  },
]
