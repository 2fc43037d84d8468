import type { Dialect } from '#platform/database'
import { job, jobStream } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { type JobRow, savedById } from '../projections/job-rows.ts'
import { appendChanges } from './append-changes.ts'
import { changesOf, projectChanges } from './project-changes.ts'

/** Who resumes a job whose pause has ended by itself. */
export const CLOCK = 'clock'

const JOBS_A_CLAIM_MAX = 200

/**
 * Resumes jobs whose pause has ended by the database's clock: claims some, and writes all of it with one commit. Any
 * number of processes may do so at once, and what one of them does not commit the next one finds again.
 *
 * @returns how many jobs it found; after 200 of them there may be more
 */
export async function endPauses(parts: JobsParts): Promise<number> {
  const { database, clock } = parts
  const query = { sql: endedPauses(database.dialect), params: [(await database.now()).getTime(), JOBS_A_CLAIM_MAX] }
  // A claim is a transaction of its own, also where there is nothing to take.
  if (!(await database.reader.get(query.sql, query.params))) return 0
  return database.claim<JobRow, number>(query, async (unit, rows) => {
    const correlationId = clock.newId()
    const decided = [...savedById(rows).values()].map(({ state, head }) => ({
      workspaceId: state.workspaceId,
      actor: CLOCK,
      correlationId,
      causationId: `${jobStream(state.id)}@${state.version}`,
      head,
      changes: changesOf(state, job.decide({ type: 'EndPause', now: unit.now }, state)),
    }))
    if (decided.length > 0) await projectChanges(unit, parts, await appendChanges(unit, decided), correlationId)
    return rows.length
  })
}

/** The rows of jobs whose pause has ended, those that wait longest first: `?` is now, then how many. */
export function endedPauses({ alongIndex }: Pick<Dialect, 'alongIndex'>): string {
  return `select * from jobs${alongIndex('jobs_pause_until')} where pause_until <= ? order by pause_until limit ?`
}
