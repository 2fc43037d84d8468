import type { Dialect, Migration } from '#platform/database'

const KEPT = [
  'job_id',
  'cause',
  'nominal_at',
  'workspace_id',
  'outcome',
  'execution_id',
  'job_version',
  'decided_at',
] as const

/**
 * The ledger with ranges, reasons and wall times. Its key gets another column, which SQLite cannot do where it stands; so
 * the rows move out and in again. Each step may be done twice: a server without undo goes on with half of one.
 */
export const ledgerMigrations: readonly Migration[] = [
  {
    name: 'scheduler-0004-occurrences-out',
    up: (dialect) => [
      withKept(dialect, 'occurrences_before')
        .addColumn('execution_id', dialect.types.key, (column) => column.notNull())
        .addPrimaryKeyConstraint('occurrences_before_pk', ['job_id', 'cause', 'nominal_at']),
      moved(dialect, 'occurrences', 'occurrences_before'),
    ],
  },
  {
    name: 'scheduler-0005-occurrences-dropped',
    up: ({ builder }) => [builder.schema.dropTable('occurrences').ifExists()],
  },
  {
    name: 'scheduler-0006-occurrences-in',
    up: (dialect) => [
      withKept(dialect, 'occurrences')
        // Of what fired.
        .addColumn('execution_id', dialect.types.key)
        // The wall time, of one that never was: the clocks jumped over it, and others may have the same moment.
        .addColumn('wall_key', dialect.types.key, (column) => column.notNull().defaultTo(''))
        // The last of a range, and how many are in it. Null stands for the nominal time alone.
        .addColumn('through_at', dialect.types.time)
        .addColumn('slot_count', dialect.types.integer, (column) => column.notNull().defaultTo(1))
        .addColumn('reason', dialect.types.key)
        .addColumn('detail', dialect.types.text)
        .addColumn('effective_at', dialect.types.time)
        .addColumn('is_late', dialect.types.integer, (column) => column.notNull().defaultTo(0))
        .addColumn('wall_time', dialect.types.key)
        // The one identity of an occurrence: whatever else fails, no nominal time is decided twice.
        .addPrimaryKeyConstraint('occurrences_pk', ['job_id', 'cause', 'nominal_at', 'wall_key']),
      moved(dialect, 'occurrences_before', 'occurrences'),
    ],
  },
  {
    name: 'scheduler-0007-occurrences-before-dropped',
    up: ({ builder }) => [builder.schema.dropTable('occurrences_before').ifExists()],
  },
]

function withKept({ builder, types }: Dialect, table: string) {
  return builder.schema
    .createTable(table)
    .addColumn('job_id', types.key, (column) => column.notNull())
    .addColumn('cause', types.key, (column) => column.notNull())
    .addColumn('nominal_at', types.time, (column) => column.notNull())
    .addColumn('workspace_id', types.key, (column) => column.notNull())
    .addColumn('outcome', types.key, (column) => column.notNull())
    .addColumn('job_version', types.integer, (column) => column.notNull())
    .addColumn('decided_at', types.time, (column) => column.notNull())
}

/** Copies the rows that are not there yet. */
function moved({ builder }: Dialect, from: string, into: string) {
  return builder
    .insertInto(into)
    .columns([...KEPT])
    .expression(
      builder
        .selectFrom(`${from} as o`)
        .leftJoin(`${into} as n`, (join) =>
          join
            .onRef('n.job_id', '=', 'o.job_id')
            .onRef('n.cause', '=', 'o.cause')
            .onRef('n.nominal_at', '=', 'o.nominal_at'),
        )
        .where('n.job_id', 'is', null)
        .select(KEPT.map((column) => `o.${column}` as const)),
    )
}
