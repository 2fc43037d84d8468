import { type Database, type Migration, migrate } from '#platform/database'

/** Where a group is in one producer's log of one partition. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly source: string
}

/** The offsets that groups have committed. */
export interface OffsetStore {
  load(group: string): Promise<readonly (Place & { readonly offset: number })[]>
  save(group: string, offsets: readonly { readonly place: Place; readonly offset: number }[]): Promise<void>
}

const migrations: readonly Migration[] = [
  {
    name: 'messaging-0001-offsets',
    up: ({ builder, types }) => [
      builder.schema
        .createTable('offsets')
        .addColumn('group_name', types.key, (column) => column.notNull())
        .addColumn('topic', types.key, (column) => column.notNull())
        .addColumn('partition_no', types.integer, (column) => column.notNull())
        .addColumn('source', types.key, (column) => column.notNull())
        .addColumn('committed', types.integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('offsets_place', ['group_name', 'topic', 'partition_no', 'source']),
    ],
  },
]

const KEY = ['group_name', 'topic', 'partition_no', 'source'] as const

/** Opens the store. Its database may lose the last commits: a lost offset only means that records come again. */
export async function openOffsetStore(database: Database): Promise<OffsetStore> {
  await migrate(database, migrations)
  return {
    async load(group) {
      const rows = await database.reader.all<{
        topic: string
        partition_no: number
        source: string
        committed: number
      }>('select topic, partition_no, source, committed from offsets where group_name = ?', [group])
      return rows.map(({ topic, partition_no: partition, source, committed: offset }) => ({
        topic,
        partition,
        source,
        offset,
      }))
    },
    async save(group, offsets) {
      const rows = offsets.map(({ place, offset }) => [group, place.topic, place.partition, place.source, offset])
      await database.unit([`offsets:${group}`], (unit) => unit.upsertMany('offsets', KEY, [...KEY, 'committed'], rows))
    },
  }
}
