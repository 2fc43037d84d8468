import type { Migration } from '#platform/database'

/** What tasks say of how far they are, and where their files lie. */
export const outputsMigrations: readonly Migration[] = [
  {
    // Beside the events, since it matters only until the next report.
    name: 'executions-0010-progress',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('execution_progress')
        .addColumn('execution_id', types.key, (column) => column.primaryKey().notNull())
        .addColumn('workspace_id', types.key, (column) => column.notNull())
        .addColumn('attempt', types.integer, (column) => column.notNull())
        .addColumn('reported_at', types.time, (column) => column.notNull())
        .addColumn('report', types.text, (column) => column.notNull()),
    ],
  },
  {
    // Files lie in a storage, and their rows refer to them; those of before stay in `content`.
    name: 'executions-0010-storage',
    up: ({ builder, types }) => [builder.schema.alterTable('artefacts').addColumn('storage', types.key)],
  },
]
