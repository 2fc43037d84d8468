import type { Unit } from '#platform/database'
import { DomainError, invariant } from '#platform/domain'
import { append, retryConflicts } from '#platform/event-store'
import { type CalendarCommand, type CalendarPlace, calendar, calendarIn, calendarStream } from '../domain/calendar.ts'
import type { JobsParts } from '../parts.ts'
import { lockCalendarCount, saveCalendarChange } from '../projections/calendar-places.ts'
import { startRollOut } from '../projections/calendar-roll-outs.ts'
import { lockPlace } from '../projections/calendar-rows.ts'

/** Which calendar somebody changes. */
export interface CalendarWish {
  readonly workspaceId: string
  readonly name: string
  /** A user's id. */
  readonly actor: string
  readonly correlationId: string
}

const WORKSPACE_CALENDARS_MAX = 1_000

const live = (table: string): string => table

/**
 * One command on one calendar, in one unit with the note that its jobs have to follow; anew when another writer was first.
 *
 * @throws {DomainError} LIMIT_EXCEEDED, and what the calendar refuses
 */
export function changeCalendar(
  { database }: JobsParts,
  wish: CalendarWish,
  command: (unit: Unit) => CalendarCommand | Promise<CalendarCommand>,
): Promise<CalendarPlace> {
  const { workspaceId, name } = wish
  return retryConflicts(() =>
    database.unit([calendarStream(workspaceId, name)], async (unit) => {
      // Locked first: who writes a job with this calendar is then done, or waits for what becomes of it.
      const { place: before, head } = await lockPlace(unit, 'calendars', workspaceId, name)
      const events = calendar.decide(await command(unit), before)
      const place = events.reduce(calendar.evolve, before)
      invariant(place !== 'absent', 'a command on a calendar makes one, or finds one')
      if (events.length === 0) return place
      if (calendarIn(place) && !calendarIn(before)) await checkRoom(unit, workspaceId)
      const { actor, correlationId } = wish
      const context = { workspaceId, actor, correlationId, causationId: correlationId }
      const [appended] = await append(unit, [{ ...context, head, events }])
      await saveCalendarChange(unit, live, { before, place, updatedBy: actor, hash: appended?.hash ?? null })
      if (calendarIn(place)) await startRollOut(unit, wish)
      return place
    }),
  )
}

async function checkRoom(unit: Unit, workspaceId: string): Promise<void> {
  if ((await lockCalendarCount(unit, workspaceId)) < WORKSPACE_CALENDARS_MAX) return
  const limit = WORKSPACE_CALENDARS_MAX
  throw new DomainError('LIMIT_EXCEEDED', `a workspace has at most ${limit} calendars`, { limit })
}
