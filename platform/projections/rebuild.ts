import type { Database, Reader, Row, Unit } from '#platform/database'
import { BEGINNING, type Place, readOn, type StoredEvent } from '#platform/event-store'

/** Tables that are made from the events of their own database, in the transaction that appends these. */
export interface Projection<Event> {
  readonly name: string
  /** Only the streams whose names begin so; all of them when left out. */
  readonly streamPrefix?: string
  readonly tables: readonly { readonly name: string; readonly keyColumns: readonly string[] }[]
  /** Applies events in order. `into` names the table to write for one of `tables`: the live one, or one beside it. */
  apply(unit: Unit, events: readonly StoredEvent<Event>[], into: (table: string) => string): Promise<void>
  /** Takes out what was deleted, events and all, after its events had been applied to the tables beside. */
  forget?(unit: Unit, into: (table: string) => string): Promise<void>
}

const BESIDE = '_rebuilt'
const PAGE_EVENTS = 1_000

/**
 * Makes the tables of a projection again from all events, beside the live ones (`<table>_rebuilt`), which go on being
 * read and written meanwhile. The last page is applied in the same transaction as `finish`, which sees both complete.
 */
export async function rebuild<Event, Result>(
  database: Database,
  projection: Projection<Event>,
  finish: (unit: Unit) => Promise<Result>,
): Promise<Result> {
  const beside = (table: string): string => `${table}${BESIDE}`
  const apply = async (unit: Unit, events: readonly StoredEvent<Event>[]): Promise<void> => {
    const concerned = events.filter(({ stream }) => stream.startsWith(projection.streamPrefix ?? ''))
    if (concerned.length > 0) await projection.apply(unit, concerned, beside)
  }
  await database.unit([projection.name], async (unit) => {
    for (const { name } of projection.tables) {
      await unit.run(`drop table if exists ${beside(name)}`)
      for (const statement of await unit.dialect.copyOfTable(unit, name, beside(name))) await unit.run(statement)
    }
  })

  /** Applies the next page. @returns the place behind it, and whether there was a whole one, so that there may be more */
  const applyPage = async (unit: Unit, from: Place): Promise<{ readonly place: Place; readonly isWhole: boolean }> => {
    const { events, place } = await readOn<Event>(unit, from, PAGE_EVENTS)
    await apply(unit, events)
    return { place, isWhole: events.length === PAGE_EVENTS }
  }
  let reached = { place: BEGINNING, isWhole: true }
  while (reached.isWhole) {
    const { place } = reached
    reached = await database.unit([projection.name], (unit) => applyPage(unit, place))
  }
  return database.unit([projection.name], async (unit) => {
    let last = { ...reached, isWhole: true }
    while (last.isWhole) last = await applyPage(unit, last.place)
    await projection.forget?.(unit, beside)
    return finish(unit)
  })
}

/** Puts rebuilt tables in the place of the live ones. For `finish` of `rebuild`. */
export async function replaceLive(unit: Unit, projection: Projection<never>): Promise<void> {
  for (const { name } of projection.tables) {
    await unit.run(`delete from ${name}`)
    await unit.run(`insert into ${name} select * from ${name}${BESIDE}`)
    await unit.run(`drop table ${name}${BESIDE}`)
  }
}

const DIFFERENCES_MAX = 20

/** Compares live tables with rebuilt ones, row by row. @returns the first rows that differ, none when all are equal */
export async function differences(
  reader: Reader,
  projection: Projection<never>,
): Promise<readonly { readonly table: string; readonly live: Row | null; readonly rebuilt: Row | null }[]> {
  const found: { table: string; live: Row | null; rebuilt: Row | null }[] = []
  for (const { name, keyColumns } of projection.tables) {
    const order = keyColumns.join(', ')
    const keyOf = (row: Row): string => JSON.stringify(keyColumns.map((column) => row[column]))
    const rebuilt = new Map<string, Row>()
    for (const row of await reader.all(`select * from ${name}${BESIDE} order by ${order}`)) rebuilt.set(keyOf(row), row)
    for (const live of await reader.all(`select * from ${name} order by ${order}`)) {
      const twin = rebuilt.get(keyOf(live)) ?? null
      rebuilt.delete(keyOf(live))
      if (JSON.stringify(live) !== JSON.stringify(twin)) found.push({ table: name, live, rebuilt: twin })
    }
    for (const row of rebuilt.values()) found.push({ table: name, live: null, rebuilt: row })
  }
  return found.slice(0, DIFFERENCES_MAX)
}
