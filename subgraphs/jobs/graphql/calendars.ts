import { type Connection, connection, pageOf } from '#platform/graphql'
import { signedIn } from '#platform/identity'
import type { Blackout } from '#platform/schedule'
import type { CalendarInput } from '../commands/calendar-input.ts'
import { deleteCalendar } from '../commands/delete-calendar.ts'
import { setCalendar } from '../commands/set-calendar.ts'
import { type Calendar, calendarIn } from '../domain/calendar.ts'
import type { Job } from '../domain/job.ts'
import { type CalendarVersion, findCalendar, listCalendars, listVersions } from '../projections/calendar-rows.ts'
import { findJobs } from '../projections/find-jobs.ts'
import { countUsers, listUsers } from '../projections/job-calendars.ts'
import type { JobsContext } from './context.ts'
import type { JobList } from './job-list.ts'
import type {
  BlackoutInput,
  CalendarChangeResolvers,
  CalendarResolvers,
  MutationResolvers,
  QueryResolvers,
  SetCalendarInput,
  Weekday,
} from './schema.generated.ts'

// In the order in which rules count them.
const WEEKDAYS: readonly Weekday[] = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY']

/** The queries of calendars. */
export const calendarQueries: Pick<QueryResolvers, 'calendar' | 'calendars'> = {
  calendar: (_parent, { name, version }, { parts, caller }) =>
    findCalendar(parts.database.reader, signedIn(caller).workspaceIds, name.trim(), version ?? null),
  calendars: (_parent, args, context) => calendarList(context, args),
}

/** The mutations of calendars. */
export const calendarMutations: Pick<MutationResolvers, 'setCalendar' | 'deleteCalendar'> = {
  setCalendar: (_parent, { input, expectedVersion }, { parts, caller, correlationId }) =>
    setCalendar(parts, caller, { ...calendarInput(input), expectedVersion }, correlationId),
  async deleteCalendar(_parent, { name, expectedVersion }, { parts, caller, correlationId }) {
    await deleteCalendar(parts, caller, { name, expectedVersion }, correlationId)
    return true
  },
}

/** A calendar that is asked for, with its weekdays as rules count them. */
export function calendarInput({ workDays, blackouts, ...input }: SetCalendarInput): CalendarInput {
  return { ...input, workDays: workDays && numbersOf(workDays), blackouts: blackouts?.map(blackoutOf) }
}

/** The fields of a calendar. */
export const calendarResolvers: CalendarResolvers<JobsContext, Calendar> = {
  timeZone: ({ rules }) => rules.timeZone,
  workDays: ({ rules }) => weekdaysOf(rules.workDays),
  holidays: ({ rules }) => rules.holidays,
  blackouts: ({ rules }) => rules.blackouts.map(shownBlackout),
  history: (calendar, args, { parts }) => changeList(parts.database.reader, calendar, args),
  jobs: (calendar, args, context) => userList(context, calendar, args),
  staleJobs: (calendar, _args, { staleJobs }) => staleJobs.load(calendar),
}

/** The fields of a change of a calendar. */
export const calendarChangeResolvers: CalendarChangeResolvers<JobsContext, CalendarVersion> = {
  version: ({ place }) => place.version,
  at: ({ place }) => place.updatedAt,
  by: ({ updatedBy }) => ({ __typename: 'User', id: updatedBy }),
  calendar: ({ place }) => calendarIn(place),
}

type PageArgs = Parameters<typeof pageOf>[0]

async function calendarList({ parts, caller }: JobsContext, args: PageArgs): Promise<Connection<Calendar>> {
  const { workspaceIds } = signedIn(caller)
  const page = pageOf(args)
  const after = page.after && { name: String(page.after[0]), workspaceId: String(page.after[1]) }
  const found = await listCalendars(parts.database.reader, workspaceIds, { after, limit: page.first + 1 })
  return connection(page, found, ({ name, workspaceId }) => [name, workspaceId])
}

async function changeList(
  reader: Parameters<typeof listVersions>[0],
  calendar: Calendar,
  args: PageArgs,
): Promise<Connection<CalendarVersion>> {
  const page = pageOf(args)
  const before = page.after && (Number(page.after[0]) || 0)
  const versions = await listVersions(reader, calendar, { before, limit: page.first + 1 })
  return connection(page, versions, ({ place }) => [place.version])
}

/** The jobs that use a calendar. */
async function userList({ parts }: JobsContext, calendar: Calendar, args: PageArgs): Promise<JobList> {
  const { reader } = parts.database
  const page = pageOf(args)
  const afterId = page.after && String(page.after[0])
  const ids = await listUsers(reader, calendar, { afterId, limit: page.first + 1 })
  const found = await findJobs(reader, [calendar.workspaceId], ids)
  const jobs = ids.flatMap((id): Job | Job[] => found.get(id) ?? [])
  return { ...connection(page, jobs, ({ id }) => [id]), count: () => countUsers(reader, calendar) }
}

function numbersOf(weekdays: readonly Weekday[]): readonly number[] {
  return weekdays.map((weekday) => WEEKDAYS.indexOf(weekday))
}

function weekdaysOf(numbers: readonly number[]): readonly Weekday[] {
  return numbers.flatMap((number) => WEEKDAYS[number] ?? [])
}

function blackoutOf({ weekly, ...rest }: BlackoutInput) {
  return { ...rest, weekly: weekly && { ...weekly, days: numbersOf(weekly.days) } }
}

function shownBlackout(blackout: Blackout) {
  const { name } = blackout
  if (blackout.kind === 'ONCE') {
    return { name, once: { from: new Date(blackout.fromMs), to: new Date(blackout.toMs) }, weekly: null }
  }
  const { days, from, to } = blackout
  return { name, once: null, weekly: { days: weekdaysOf(days), from, to } }
}
