import { authorize, type Caller, signedIn } from '#platform/identity'
import type { JobsParts } from '../parts.ts'
import { findCalendar } from '../projections/calendar-rows.ts'
import { countUsers } from '../projections/job-calendars.ts'
import { changeCalendar } from './change-calendar.ts'

/** A calendar that is to go. */
export interface DeleteCalendarInput {
  readonly name: string
  readonly expectedVersion?: number | null | undefined
}

/**
 * Deletes a calendar that no job uses; archived jobs use none. Its versions can still be read.
 *
 * @throws {DomainError} CALENDAR_NOT_FOUND, CALENDAR_IN_USE with the `jobCount`, VERSION_CONFLICT
 */
export async function deleteCalendar(
  parts: JobsParts,
  caller: Caller | null,
  { name, expectedVersion }: DeleteCalendarInput,
  correlationId: string = parts.clock.newId(),
): Promise<void> {
  const { userId: actor, workspaceIds } = signedIn(caller, 'change')
  const found = await findCalendar(parts.database.reader, workspaceIds, name.trim())
  const calendar = authorize(caller, 'change', found, 'CALENDAR_NOT_FOUND')
  await changeCalendar(parts, { ...calendar, actor, correlationId }, async (unit) => ({
    type: 'DeleteCalendar',
    expectedVersion: expectedVersion ?? null,
    jobCount: await countUsers(unit, calendar),
    now: unit.now,
  }))
}
