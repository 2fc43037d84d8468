import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import type { Projection } from '#platform/projections'
import { CALENDAR_STREAMS, type CalendarEvent, type CalendarPlace, calendar, calendarIn } from '../domain/calendar.ts'
import { lockPlace, savePlace } from './calendar-rows.ts'

/** Calendars as they are, each version of them, and how many a workspace has. */
export const calendarsProjection: Projection<CalendarEvent> = {
  name: 'calendars',
  streamPrefix: CALENDAR_STREAMS,
  tables: [
    { name: 'calendars', keyColumns: ['workspace_id', 'name'] },
    { name: 'calendar_versions', keyColumns: ['workspace_id', 'name', 'version'] },
    { name: 'workspace_calendars', keyColumns: ['workspace_id'] },
  ],

  async apply(unit, events, into) {
    for (const { event, actor, hash } of events) {
      const { place: before } = await lockPlace(unit, into('calendars'), event.workspaceId, event.name)
      const place = calendar.evolve(before, event)
      invariant(place !== 'absent' && hash, `${event.type} was read and makes a calendar`)
      await saveCalendarChange(unit, into, { before, place, updatedBy: actor, hash })
    }
  },
}

/** What an event made of a place. */
export interface CalendarChange {
  readonly before: CalendarPlace | 'absent'
  readonly place: CalendarPlace
  /** A user's id. */
  readonly updatedBy: string
  /** Of the event that made it so. */
  readonly hash: string | null
}

/** Writes what an event made of a calendar, in the unit that appended it. */
export async function saveCalendarChange(
  unit: Unit,
  into: (table: string) => string,
  { before, place, updatedBy, hash }: CalendarChange,
): Promise<void> {
  await savePlace(unit, into, { place, updatedBy, hash })
  const added = (calendarIn(place) ? 1 : 0) - (calendarIn(before) ? 1 : 0)
  if (added === 0) return
  const { workspaceId } = place
  const count = await lockCalendarCount(unit, workspaceId, into('workspace_calendars'))
  const row = [workspaceId, count + added]
  await unit.upsertMany(into('workspace_calendars'), ['workspace_id'], ['workspace_id', 'calendar_count'], [row])
}

/** How many calendars a workspace has. Until the unit commits nobody else adds one. */
export async function lockCalendarCount(
  unit: Unit,
  workspaceId: string,
  table = 'workspace_calendars',
): Promise<number> {
  // A row that is there already is locked by this, too.
  await unit.insertMany(table, ['workspace_id', 'calendar_count'], [[workspaceId, 0]], 'ignore')
  const row = await unit.get<{ calendar_count: number }>(`select calendar_count from ${table} where workspace_id = ?`, [
    workspaceId,
  ])
  return row?.calendar_count ?? 0
}
