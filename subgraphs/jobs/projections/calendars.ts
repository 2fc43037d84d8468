import type { Reader, Unit } from '#platform/database'
import type { CalendarRules } from '#platform/schedule'
import { rowsById } from './rows-by-id.ts'

/** A calendar as it is now: what a job that names it goes by. */
export interface CurrentCalendar {
  readonly version: number
  readonly rules: CalendarRules
}

/** What is known of the calendars that somebody names. */
export interface KnownCalendars {
  get(name: string): CurrentCalendar | undefined
  /** For people, when one of those that were named does not exist: the names of those that do, the first fifty. */
  readonly names: readonly string[]
}

/** Where nobody names any. */
export const noCalendars: KnownCalendars = { get: () => undefined, names: [] }

const NAMES_TOLD_MAX = 50

/** Calendars of a workspace by their names, as they are now. */
export function currentCalendars(
  reader: Reader,
  workspaceId: string,
  names: readonly string[],
): Promise<KnownCalendars> {
  return calendarsNamed(reader, workspaceId, names, '')
}

/**
 * The same for jobs that are written in this unit. Until it commits nobody sets these calendars: so who does finds the
 * jobs, and brings them up.
 */
export function keepCalendars(unit: Unit, workspaceId: string, names: readonly string[]): Promise<KnownCalendars> {
  return calendarsNamed(unit, workspaceId, names, unit.dialect.keepRows)
}

async function calendarsNamed(
  reader: Reader,
  workspaceId: string,
  names: readonly string[],
  lock: string,
): Promise<KnownCalendars> {
  if (names.length === 0) return noCalendars
  const rows = await rowsById<{ readonly name: string; readonly version: number; readonly rules: string }>(
    reader,
    'select name, version, rules from calendars where workspace_id = ? and rules is not null and name in',
    [workspaceId],
    [...new Set(names)],
    lock,
  )
  const found = new Map<string, CurrentCalendar>()
  for (const { name, version, rules } of rows) found.set(name, { version, rules: JSON.parse(rules) as CalendarRules })
  const isComplete = names.every((name) => found.has(name))
  return { get: (name) => found.get(name), names: isComplete ? [] : await firstNames(reader, workspaceId) }
}

async function firstNames(reader: Reader, workspaceId: string): Promise<readonly string[]> {
  const rows = await reader.all<{ name: string }>(
    'select name from calendars where workspace_id = ? and rules is not null order by name limit ?',
    [workspaceId, NAMES_TOLD_MAX],
  )
  return rows.map(({ name }) => name)
}
