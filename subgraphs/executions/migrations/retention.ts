import type { Migration } from '#platform/database'

/** How long executions are kept, how far what was kept long enough is deleted, and what is left of it. */
export const retentionMigration: Migration = {
  name: 'executions-0011-retention',
  up: ({ builder, types }) => [
    // A workspace each: what it asked for, and up to which end its history was gone through.
    builder.schema
      .createTable('retention')
      .addColumn('workspace_id', types.key, (column) => column.primaryKey().notNull())
      .addColumn('executions_for', types.time)
      .addColumn('logs_for', types.time)
      .addColumn('set_by', types.key)
      .addColumn('set_at', types.time)
      .addColumn('executions_at', types.time, (column) => column.notNull())
      .addColumn('executions_id', types.key, (column) => column.notNull())
      .addColumn('logs_at', types.time, (column) => column.notNull())
      .addColumn('logs_id', types.key, (column) => column.notNull()),
    // Executions that have ended and whose jobs have spans of their own.
    builder.schema
      .createTable('kept_apart')
      .addColumn('execution_id', types.key, (column) => column.primaryKey().notNull())
      .addColumn('executions_due', types.time)
      .addColumn('logs_due', types.time),
    builder.schema.createIndex('kept_apart_executions').on('kept_apart').columns(['executions_due']),
    builder.schema.createIndex('kept_apart_logs').on('kept_apart').columns(['logs_due']),
    builder.schema
      .createTable('tombstones')
      .addColumn('execution_id', types.key, (column) => column.primaryKey().notNull())
      .addColumn('workspace_id', types.key, (column) => column.notNull())
      .addColumn('job_id', types.key, (column) => column.notNull())
      .addColumn('status', types.key, (column) => column.notNull())
      .addColumn('deleted_at', types.time, (column) => column.notNull()),
    builder.schema.createIndex('tombstones_deleted').on('tombstones').columns(['deleted_at']),
  ],
}
