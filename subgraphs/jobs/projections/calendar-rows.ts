import type { Reader, Row, Unit, Value } from '#platform/database'
import { newStream, type StreamHead } from '#platform/event-store'
import type { CalendarRules } from '#platform/schedule'
import { type Calendar, type CalendarPlace, calendarIn, calendarStream } from '../domain/calendar.ts'
import { places } from './rows-by-id.ts'

/** A calendar in its last version, or in any, as its row is stored. */
export interface CalendarRow extends Row {
  readonly workspace_id: string
  readonly name: string
  readonly version: number
  /** JSON; null where it was deleted. */
  readonly rules: string | null
  readonly created_at: number
  readonly updated_at: number
}

/** A place of a calendar, with the head of its stream: all that a change of it needs. */
export interface SavedPlace {
  readonly place: CalendarPlace | 'absent'
  readonly head: StreamHead
}

/** A version of a calendar, and who made it. */
export interface CalendarVersion {
  readonly place: CalendarPlace
  /** A user's id. */
  readonly updatedBy: string
}

const COLUMNS = ['workspace_id', 'name', 'version', 'rules', 'created_at', 'updated_at', 'stream_hash'] as const
const VERSION_COLUMNS = ['workspace_id', 'name', 'version', 'rules', 'created_at', 'updated_at', 'updated_by'] as const

/** A place as it is, which stays so until the unit commits. */
export async function lockPlace(unit: Unit, table: string, workspaceId: string, name: string): Promise<SavedPlace> {
  const row = await unit.get<CalendarRow & { readonly stream_hash: string }>(
    `select * from ${table} where workspace_id = ? and name = ?${unit.dialect.lockRows}`,
    [workspaceId, name],
  )
  const stream = calendarStream(workspaceId, name)
  if (!row) return { place: 'absent', head: newStream(stream) }
  return { place: placeFrom(row), head: { stream, version: row.version, hash: row.stream_hash } }
}

/** Writes a place, and the version that it has come to. */
export async function savePlace(
  unit: Unit,
  into: (table: string) => string,
  { place, updatedBy, hash }: CalendarVersion & { readonly hash: string | null },
): Promise<void> {
  const values = placeValues(place)
  await unit.upsertMany(into('calendars'), ['workspace_id', 'name'], COLUMNS, [[...values, hash]])
  await unit.insertMany(into('calendar_versions'), VERSION_COLUMNS, [[...values, updatedBy]])
}

/** The calendar that a name stands for: that of the first workspace which has one. */
export async function findCalendar(
  reader: Reader,
  workspaceIds: readonly string[],
  name: string,
  version: number | null = null,
): Promise<Calendar | null> {
  if (workspaceIds.length === 0) return null
  const [table, isVersion] = version === null ? ['calendars', ''] : ['calendar_versions', 'and version = ?']
  const rows = await reader.all<CalendarRow>(
    `select * from ${table} where workspace_id in (${places(workspaceIds)}) and name = ? ${isVersion}`,
    [...workspaceIds, name, ...(version === null ? [] : [version])],
  )
  const found = rows.filter(({ rules }) => rules !== null)
  found.sort((one, other) => workspaceIds.indexOf(one.workspace_id) - workspaceIds.indexOf(other.workspace_id))
  return found[0] ? calendarIn(placeFrom(found[0])) : null
}

/** Calendars by name, after one of them. */
export async function listCalendars(
  reader: Reader,
  workspaceIds: readonly string[],
  {
    after,
    limit,
  }: { readonly after: { readonly name: string; readonly workspaceId: string } | null; readonly limit: number },
): Promise<readonly Calendar[]> {
  if (workspaceIds.length === 0) return []
  const isAfter = after ? 'and (name > ? or (name = ? and workspace_id > ?))' : ''
  const rows = await reader.all<CalendarRow>(
    `select * from calendars where workspace_id in (${places(workspaceIds)}) and rules is not null ${isAfter}
     order by name, workspace_id limit ?`,
    [...workspaceIds, ...(after ? [after.name, after.name, after.workspaceId] : []), limit],
  )
  return rows.flatMap((row) => calendarIn(placeFrom(row)) ?? [])
}

/** What became of a calendar, the newest first, from before a version. */
export async function listVersions(
  reader: Reader,
  { workspaceId, name }: Pick<Calendar, 'workspaceId' | 'name'>,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<readonly CalendarVersion[]> {
  const isBefore = before === null ? '' : 'and version < ?'
  const rows = await reader.all<CalendarRow & { readonly updated_by: string }>(
    `select * from calendar_versions where workspace_id = ? and name = ? ${isBefore} order by version desc limit ?`,
    [workspaceId, name, ...(before === null ? [] : [before]), limit],
  )
  return rows.map((row) => ({ place: placeFrom(row), updatedBy: row.updated_by }))
}

function placeFrom(row: CalendarRow): CalendarPlace {
  return {
    workspaceId: row.workspace_id,
    name: row.name,
    version: row.version,
    rules: row.rules === null ? null : (JSON.parse(row.rules) as CalendarRules),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

function placeValues({ workspaceId, name, version, rules, createdAt, updatedAt }: CalendarPlace): Value[] {
  const json = rules === null ? null : JSON.stringify(rules)
  return [workspaceId, name, version, json, createdAt.getTime(), updatedAt.getTime()]
}
