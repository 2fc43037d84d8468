import { DomainError } from '#platform/domain'
import { signedIn } from '#platform/identity'
import { type Definition, definitionAt, definitionOfVersion } from '../domain/definition.ts'
import { type Explanation, explain } from '../domain/explain.ts'
import type { Job } from '../domain/job.ts'
import { type Moment, momentOf } from '../domain/moment.ts'
import { clipped, reachesOut } from '../domain/nominal-run.ts'
import type { Occurrence } from '../domain/occurrence.ts'
import { occurrencesOfJob } from '../projections/find-occurrences.ts'
import { ledgerFrom } from '../projections/ledger-horizon.ts'
import type { JobsContext } from './context.ts'
import { undecidedOf } from './occurrence-list.ts'

const RECORDS_MAX = 100

/**
 * Why a job did or did not run at a moment.
 *
 * @throws {DomainError} BAD_USER_INPUT for what is no moment
 */
export async function explainJob(context: JobsContext, { id }: Pick<Job, 'id'>, at: string): Promise<Explanation> {
  const { parts, definitions: loader, statuses } = context
  const [definitions, status] = await Promise.all([loader.load(id), statuses.load(id)])
  if (!definitions || !status) throw new DomainError('JOB_NOT_FOUND', 'no such job')
  const moment = momentIn(definitions, at)
  const records = await recordsOf(context, id, definitions, moment)
  const ledgerSince = await ledgerFrom(parts.database.reader)
  return explain({ moment, definitions, records, status, ledgerSince, now: await parts.database.now() })
}

/** A local time is one of the zone that the job had then. */
function momentIn(definitions: readonly Definition[], at: string): Moment {
  const moment = momentOf(at, definitions.at(-1)?.job.timing.timeZone ?? 'UTC')
  const { timeZone } = (definitionAt(definitions, moment.after) ?? definitions[0])?.job.timing ?? moment
  return timeZone === moment.timeZone ? moment : momentOf(at, timeZone)
}

async function recordsOf(
  context: JobsContext,
  jobId: string,
  definitions: readonly Definition[],
  { instants, after, lengthMs }: Moment,
): Promise<readonly Occurrence[]> {
  const { workspaceIds } = signedIn(context.caller)
  const { reader } = context.parts.database
  const page = { after: null, limit: RECORDS_MAX }
  // What fires because of a gap does so at its end, or later by no more than its length.
  const spans = instants.length > 0 ? instants.map((at) => ({ at, lengthMs })) : [{ at: after, lengthMs: GAP_MS_MAX }]
  const found: Occurrence[] = []
  for (const span of spans) {
    const [from, to] = [new Date(span.at.getTime() - 1), new Date(span.at.getTime() + span.lengthMs)]
    const decided = await occurrencesOfJob(reader, workspaceIds, jobId, { from, to }, page)
    const records = [...decided, ...(await undecidedOf(context, [jobId], { from, to }))]
    found.push(...records.flatMap((record) => part(record, definitions, from, to)))
  }
  return found
}

/** A jump of three hours or more is none that schedules know of. */
const GAP_MS_MAX = 3 * 3_600_000

function part(record: Occurrence, definitions: readonly Definition[], from: Date, to: Date): readonly Occurrence[] {
  if (!reachesOut(record, from, to)) return [record]
  const definition = definitionOfVersion(definitions, record.jobVersion)
  const within = definition && clipped(record, definition, from, to)
  return within ? [within] : []
}
