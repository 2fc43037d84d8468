import type { Migration } from '#platform/database'

/** How far the ledger reaches back: one row, once something was deleted from it. */
export const ledgerHorizonMigrations: readonly Migration[] = [
  {
    name: 'jobs-0060-ledger-horizon',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('ledger_horizon')
        .addColumn('name', types.key, (column) => column.primaryKey().notNull())
        .addColumn('reaches_from', types.time, (column) => column.notNull()),
    ],
  },
]
