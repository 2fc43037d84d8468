import { DomainError, isDomainError } from '#platform/domain'
import { instantsOfWallTime, wallTimeOf } from '#platform/schedule'

/** A moment that somebody asks about, in a job's zone. */
export interface Moment {
  readonly timeZone: string
  /** Where it begins: two instants where the clocks were put back over it, none where they were put forward. */
  readonly instants: readonly Date[]
  /** How long it lasts: who names a minute means all of it. */
  readonly lengthMs: number
  /** The wall time as it was asked for, such as `2026-03-08T02:30`; null when it was an instant. */
  readonly local: string | null
  /** The first instant at which a clock shows this time or a later one. */
  readonly after: Date
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/
const MINUTE_MS = 60_000

/**
 * Reads an instant, or a wall time of a zone.
 *
 * @throws {DomainError} BAD_USER_INPUT when it is neither
 */
export function momentOf(text: string, timeZone: string): Moment {
  const [found, minute = '', seconds] = INSTANT.exec(text) ?? []
  if (found === undefined) return localMoment(text, timeZone)
  const at = new Date(text)
  if (Number.isNaN(at.getTime()) || !isDay(minute.slice(0, 10))) throw refusal(text)
  return { timeZone, instants: [at], lengthMs: lengthMsOf(seconds), local: null, after: at }
}

/** `Date` takes 30 February for 2 March; the day must come back as it went in. */
function isDay(day: string): boolean {
  const read = new Date(`${day}T00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day)
}

function localMoment(text: string, timeZone: string): Moment {
  try {
    const { instants, after } = instantsOfWallTime(text, timeZone)
    return { timeZone, instants, lengthMs: lengthMsOf(text.split(':')[2]), local: text, after }
  } catch (error) {
    if (isDomainError(error)) throw refusal(text)
    throw error
  }
}

function lengthMsOf(seconds: string | undefined): number {
  return seconds === undefined ? MINUTE_MS - 1 : 0
}

function refusal(text: string): DomainError {
  const example = '2026-03-08T02:30, or an instant such as 2026-03-08T07:30:00Z'
  return new DomainError('BAD_USER_INPUT', `"${text}" is no local time such as ${example}`, { argument: 'at' })
}

/** A time of day and a day in a zone, for people. */
export interface LocalText {
  /** `02:30`, with seconds when there are any. */
  readonly time: string
  /** `2026-03-08`. */
  readonly day: string
}

/** What a clock in a zone shows. */
export function localTextOf(at: Date, timeZone: string): LocalText {
  return localText(wallTimeOf(at, timeZone))
}

/** The same of a wall time that is written out. */
export function localText(wallTime: string): LocalText {
  const [day = '', rest = ''] = wallTime.split('T')
  const [time = ''] = /^\d\d:\d\d(?::\d\d(?:\.\d+)?)?/.exec(rest) ?? []
  return { day, time: /:00(?:\.0+)?$/.test(time.slice(5)) ? time.slice(0, 5) : time }
}

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
export function offsetMsOf(at: Date, timeZone: string): number {
  const local = wallTimeOf(at, timeZone).replace(/(?:[+-]\d\d:\d\d)?\[.*$/, '')
  return Date.parse(`${local}Z`) - at.getTime()
}
