import { DomainError, invariant } from '#platform/domain'
import { type Caller, signedIn } from '#platform/identity'
import { type Calendar, calendarIn } from '../domain/calendar.ts'
import type { JobsParts } from '../parts.ts'
import { findCalendar } from '../projections/calendar-rows.ts'
import { type CalendarInput, checkedCalendarName, checkedRules } from './calendar-input.ts'
import { changeCalendar } from './change-calendar.ts'

/** A calendar that is asked for, and what is known of the one that is there. */
export interface SetCalendarInput extends CalendarInput {
  /** 0 is for none that is there; left out, or null, takes any. */
  readonly expectedVersion?: number | null | undefined
}

/**
 * Makes a calendar, or gives one other rules: as a whole, and nothing of the rules before stays. Jobs that use it
 * follow within seconds. The same rules again change nothing.
 *
 * @throws {DomainError} BAD_USER_INPUT, VERSION_CONFLICT, LIMIT_EXCEEDED
 */
export async function setCalendar(
  parts: JobsParts,
  caller: Caller | null,
  input: SetCalendarInput,
  correlationId: string = parts.clock.newId(),
): Promise<Calendar> {
  const { userId: actor, workspaceIds } = signedIn(caller, 'change')
  const name = checkedCalendarName(input.name)
  const rules = checkedRules(input)
  const there = await findCalendar(parts.database.reader, workspaceIds, name)
  const workspaceId = there?.workspaceId ?? workspaceIds[0]
  if (workspaceId === undefined) throw new DomainError('FORBIDDEN', 'you are in no workspace')
  const place = await changeCalendar(parts, { workspaceId, name, actor, correlationId }, ({ now }) => {
    const expectedVersion = input.expectedVersion ?? null
    return { type: 'SetCalendar', workspaceId, name, rules, expectedVersion, now }
  })
  const set = calendarIn(place)
  invariant(set, 'a calendar that was set is there')
  return set
}
