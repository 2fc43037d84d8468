// What a calendar is and what may be done with it: the rules, as pure functions.
import { type Decider, DomainError } from '#platform/domain'
import type { CalendarRules } from '#platform/schedule'

/** A calendar in one of its versions, as jobs may use it. */
export interface Calendar {
  readonly workspaceId: string
  readonly name: string
  /** Counts the changes of what has this name, from 1; it goes on when a deleted calendar is made anew. */
  readonly version: number
  readonly rules: CalendarRules
  /** When this version came to be. */
  readonly updatedAt: Date
  readonly createdAt: Date
}

/** What has a calendar's name: a calendar, or the place where one was. */
export interface CalendarPlace extends Omit<Calendar, 'rules'> {
  /** Null when it was deleted. */
  readonly rules: CalendarRules | null
}

/** What is asked of a calendar. */
export type CalendarCommand =
  | {
      readonly type: 'SetCalendar'
      readonly workspaceId: string
      readonly name: string
      readonly rules: CalendarRules
      /** 0 is for none that is there; null takes any. */
      readonly expectedVersion: number | null
      readonly now: Date
    }
  | {
      readonly type: 'DeleteCalendar'
      readonly expectedVersion: number | null
      /** How many jobs use it. */
      readonly jobCount: number
      readonly now: Date
    }

/** What happened to a calendar, as plain JSON. */
export type CalendarEvent =
  | {
      readonly type: 'CalendarSet'
      readonly workspaceId: string
      readonly name: string
      readonly version: number
      readonly rules: CalendarRules
      readonly setAtMs: number
    }
  | {
      readonly type: 'CalendarDeleted'
      readonly workspaceId: string
      readonly name: string
      readonly version: number
      readonly deletedAtMs: number
    }

/** A calendar: set, set anew, deleted, and set again under its name. */
export const calendar: Decider<CalendarCommand, CalendarEvent, CalendarPlace | 'absent'> = {
  initial: 'absent',

  decide(command, place) {
    const rules = place === 'absent' ? null : place.rules
    if (command.type === 'DeleteCalendar' && (place === 'absent' || rules === null)) {
      throw new DomainError('CALENDAR_NOT_FOUND', 'no such calendar')
    }
    checkVersion(command.expectedVersion, place !== 'absent' && rules !== null ? place.version : 0)
    const version = place === 'absent' ? 1 : place.version + 1
    if (command.type === 'SetCalendar') return set(command, rules, version)
    return deleted(command, place as CalendarPlace, version)
  },

  evolve(place, event) {
    const { workspaceId, name, version } = event
    if (event.type === 'CalendarDeleted') {
      const updatedAt = new Date(event.deletedAtMs)
      const createdAt = place === 'absent' ? updatedAt : place.createdAt
      return { workspaceId, name, version, rules: null, createdAt, updatedAt }
    }
    const updatedAt = new Date(event.setAtMs)
    const createdAt = place === 'absent' || place.rules === null ? updatedAt : place.createdAt
    return { workspaceId, name, version, rules: event.rules, createdAt, updatedAt }
  },
}

/** The calendar in a place; null where it was deleted, or never was. */
export function calendarIn(place: CalendarPlace | 'absent' | undefined): Calendar | null {
  if (place === undefined || place === 'absent' || place.rules === null) return null
  return { ...place, rules: place.rules }
}

/** How the names of calendars' streams begin. */
export const CALENDAR_STREAMS = 'calendar-'

/** The stream of a calendar. Its name may hold any character, and comes last. */
export function calendarStream(workspaceId: string, name: string): string {
  return `${CALENDAR_STREAMS}${workspaceId}-${name}`
}

function set(
  { workspaceId, name, rules, now }: Extract<CalendarCommand, { type: 'SetCalendar' }>,
  before: CalendarRules | null,
  version: number,
): readonly CalendarEvent[] {
  // Who sets it twice changes it once, and no job has to follow.
  if (before !== null && JSON.stringify(before) === JSON.stringify(rules)) return []
  return [{ type: 'CalendarSet', workspaceId, name, version, rules, setAtMs: now.getTime() }]
}

function deleted(
  { jobCount, now }: Extract<CalendarCommand, { type: 'DeleteCalendar' }>,
  { workspaceId, name }: CalendarPlace,
  version: number,
): readonly CalendarEvent[] {
  if (jobCount > 0) {
    const users = jobCount === 1 ? '1 job uses' : `${jobCount} jobs use`
    throw new DomainError('CALENDAR_IN_USE', `${users} the calendar ${name}: take it from them first`, { jobCount })
  }
  return [{ type: 'CalendarDeleted', workspaceId, name, version, deletedAtMs: now.getTime() }]
}

function checkVersion(expectedVersion: number | null, actualVersion: number): void {
  if (expectedVersion === null || expectedVersion === actualVersion) return
  const standing = actualVersion === 0 ? 'there is no such calendar' : `the calendar is at version ${actualVersion}`
  const message = `${standing}, and not version ${expectedVersion}: look at it again`
  throw new DomainError('VERSION_CONFLICT', message, { expectedVersion, actualVersion })
}
