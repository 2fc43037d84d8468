import type { Reader, Unit } from '#platform/database'

/** All that is open of a job is to end. */
export interface JobCancel {
  readonly jobId: string
  /** The id of a user. */
  readonly by: string
}

/** Keeps orders until they are done; one that is there stays as it is. */
export async function addOrders(unit: Unit, orders: readonly JobCancel[]): Promise<void> {
  const rows = orders.map(({ jobId, by }) => [jobId, by, unit.now.getTime()])
  await unit.insertMany('job_cancels', ['job_id', 'ordered_by', 'ordered_at'], rows, 'ignore')
}

/** One of the orders that are not done. */
export async function firstOrder(reader: Reader): Promise<JobCancel | undefined> {
  const row = await reader.get<{ job_id: string; ordered_by: string }>(
    'select job_id, ordered_by from job_cancels order by job_id limit 1',
  )
  return row && { jobId: row.job_id, by: row.ordered_by }
}

/** Nothing is left to do of an order. */
export async function removeOrder(unit: Unit, jobId: string): Promise<void> {
  await unit.run('delete from job_cancels where job_id = ?', [jobId])
}

/** What of a job is open and was not asked to end. What waits behind others comes first, so that none of it is let go on. */
export async function openToCancel(reader: Reader, jobId: string, limit: number): Promise<readonly string[]> {
  const rows = await reader.all<{ execution_id: string }>(
    `select execution_id from queue${reader.dialect.alongIndex('queue_job')} where job_id = ? and cancel is null
      order by waiting_since desc, execution_id desc limit ?`,
    [jobId, limit],
  )
  return rows.map(({ execution_id }) => execution_id)
}
