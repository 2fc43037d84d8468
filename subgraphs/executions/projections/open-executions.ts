import type { Reader, Unit } from '#platform/database'
import type { OpenExecution } from '#platform/policy'
import { rowsIn } from './bulk.ts'
import { NOBODY, PARKED, type QueueRow } from './queue.ts'

type Row = Pick<QueueRow, 'execution_id' | 'job_id' | 'executor_id' | 'waiting_since'>

const COLUMNS = 'execution_id, job_id, executor_id, waiting_since'
const INDEX = 'queue_job'
const JOBS_A_QUERY = 16

const NOT_RUNNING: ReadonlySet<string> = new Set(['', NOBODY, PARKED])

/** Until the unit commits nobody else decides on what comes of these jobs. Where writers are serial nobody can. */
export async function lockJobs(unit: Unit, jobIds: readonly string[]): Promise<void> {
  if (unit.dialect.writersAreSerial || jobIds.length === 0) return
  const rows = [...new Set(jobIds)].sort().map((jobId) => [jobId])
  // What exists is left as it is, and locked all the same.
  await unit.insertMany('admission_locks', ['job_id'], rows, 'ignore')
}

/** What of some jobs has not ended, in the order in which it came: what was admitted first. */
export async function openOf(reader: Reader, jobIds: readonly string[]): Promise<ReadonlyMap<string, OpenExecution[]>> {
  const sql = `select ${COLUMNS} from queue${reader.dialect.alongIndex(INDEX)} where job_id`
  return byJob(await rowsIn<Row>(reader, sql, [...new Set(jobIds)]))
}

/** The first of each job that was admitted, and the first that waits: as much as `nextAdmitted` needs. */
export async function firstsOf(
  reader: Reader,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, OpenExecution[]>> {
  const ofJob = `select ${COLUMNS} from queue${reader.dialect.alongIndex(INDEX)} where job_id = ?`
  const admitted = `${ofJob} and waiting_since is null limit 1`
  const waiting = `${ofJob} and waiting_since is not null order by waiting_since, execution_id limit 1`
  const rows: Row[] = []
  for (let start = 0; start < jobIds.length; start += JOBS_A_QUERY) {
    const some = jobIds.slice(start, start + JOBS_A_QUERY).flatMap((jobId) => [jobId, jobId])
    const each = some.map((_jobId, index) => `select * from (${index % 2 ? waiting : admitted}) first_${index}`)
    rows.push(...(await reader.all<Row>(each.join(' union all '), some)))
  }
  return byJob(rows)
}

/** Those of some jobs in which anything waits behind others. */
export async function jobsWithWaiting(reader: Reader, jobIds: readonly string[]): Promise<readonly string[]> {
  const sql = `select job_id from queue${reader.dialect.alongIndex(INDEX)} where job_id`
  const tail = { sql: 'and waiting_since is not null group by job_id', params: [] }
  const rows = await rowsIn<{ job_id: string }>(reader, sql, [...new Set(jobIds)], tail)
  return rows.map(({ job_id }) => job_id)
}

/** Jobs in which something waits though nothing stands before it: nobody has told it so. Of at most `limit` executions. */
export async function jobsLeftWaiting(reader: Reader, limit: number): Promise<readonly string[]> {
  const rows = await reader.all<{ job_id: string }>(
    `select job_id from queue waiting${reader.dialect.alongIndex('queue_order')}
     where executor_id = ? and waiting_since is not null and not exists (
       select 1 from queue admitted where admitted.job_id = waiting.job_id and admitted.waiting_since is null
     ) limit ?`,
    [NOBODY, limit],
  )
  return [...new Set(rows.map(({ job_id }) => job_id))]
}

/** What a row says of an execution that is open. */
export function openExecution({ execution_id, executor_id, waiting_since }: Row): OpenExecution {
  if (waiting_since !== null) return { id: execution_id, stage: 'WAITING' }
  return { id: execution_id, stage: NOT_RUNNING.has(executor_id) ? 'ADMITTED' : 'RUNNING' }
}

function byJob(rows: readonly Row[]): ReadonlyMap<string, OpenExecution[]> {
  const sorted = [...rows].sort(
    (one, other) =>
      (one.waiting_since ?? 0) - (other.waiting_since ?? 0) || (one.execution_id < other.execution_id ? -1 : 1),
  )
  const open = new Map<string, OpenExecution[]>()
  for (const row of sorted) open.set(row.job_id, [...(open.get(row.job_id) ?? []), openExecution(row)])
  return open
}
