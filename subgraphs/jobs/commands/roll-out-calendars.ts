import type { Unit } from '#platform/database'
import { retryConflicts } from '#platform/event-store'
import type { CalendarUse } from '#platform/schedule'
import { type Calendar, calendarStream } from '../domain/calendar.ts'
import { job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { claimRollOut, type RollOut, waitAgain } from '../projections/calendar-roll-outs.ts'
import { findCalendar } from '../projections/calendar-rows.ts'
import { staleJobIds } from '../projections/job-calendars.ts'
import { loadJobs } from '../projections/job-rows.ts'
import { appendChanges } from './append-changes.ts'
import { changesOf, projectChanges } from './project-changes.ts'

const ACTOR = 'jobs'
// A short transaction: whoever writes meanwhile waits for it. Each job carries the rules in its event, row and record.
const JOBS_A_BATCH_MAX = 200
const RULES_CHARS_A_BATCH_MAX = 2 * 1024 * 1024

/**
 * Brings one batch of jobs up to the calendar that they use. Any number of processes may do so at once, each on a
 * calendar of its own; what one leaves behind when it dies, the next goes on with.
 *
 * @returns false when every job goes by its calendars as they are
 */
export async function rollOutCalendars(parts: JobsParts): Promise<boolean> {
  let inHand: RollOut | undefined
  try {
    return await retryConflicts(() =>
      claimRollOut(parts.database, (unit, rollOut) => {
        inHand = rollOut
        return bringUpBatch(parts, unit, rollOut)
      }),
    )
  } catch (error) {
    const failed = inHand
    // One that cannot go on must not keep the others from going on.
    if (failed) await parts.database.unit([], (unit) => waitAgain(unit, failed))
    throw error
  }
}

/** @returns whether no job is left that goes by an earlier version */
async function bringUpBatch(
  parts: JobsParts,
  unit: Unit,
  { workspaceId, name, correlationId }: RollOut,
): Promise<boolean> {
  const calendar = await findCalendar(unit, [workspaceId], name)
  if (!calendar) return true
  const limit = jobsABatch(calendar)
  const jobIds = await staleJobIds(unit, calendar, limit)
  if (jobIds.length === 0) return true
  const context = { workspaceId, actor: ACTOR, correlationId }
  const causationId = `${calendarStream(workspaceId, name)}@${calendar.version}`
  const saved = await loadJobs(unit, 'jobs', workspaceId, jobIds)
  const decided = [...saved.values()].flatMap(({ state, head }) => {
    const calendars = withRulesOf(calendar, state.timing.calendars)
    const changes = changesOf(state, job.decide({ type: 'ChangeCalendars', calendars, now: unit.now }, state))
    // One that was archived, or took another calendar, a moment ago has nothing to follow.
    return changes.length > 0 ? [{ ...context, causationId, head, changes }] : []
  })
  if (decided.length > 0) await projectChanges(unit, parts, await appendChanges(unit, decided), correlationId)
  return jobIds.length < limit
}

function jobsABatch({ rules }: Calendar): number {
  const room = Math.floor(RULES_CHARS_A_BATCH_MAX / JSON.stringify(rules).length)
  return Math.min(Math.max(room, 1), JOBS_A_BATCH_MAX)
}

function withRulesOf({ name, version, rules }: Calendar, uses: readonly CalendarUse[]): readonly CalendarUse[] {
  return uses.map((use) => (use.name === name ? { ...use, version, rules } : use))
}
