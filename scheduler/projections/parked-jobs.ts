import type { Reader, Unit } from '#platform/database'

/** A job that fires no more until it changes, since it could not be decided or written. */
export interface ParkedJob {
  readonly jobId: string
  readonly reason: string
}

/** Takes a job out of what is due, and remembers why. */
export async function parkJob(unit: Unit, { jobId, reason }: ParkedJob): Promise<void> {
  await unit.run("update timetable set next_fire_at = null, tzdb_version = '' where job_id = ?", [jobId])
  const row = [jobId, reason, unit.now.getTime()]
  await unit.upsertMany('parked_jobs', ['job_id'], ['job_id', 'reason', 'parked_at'], [row])
}

/** Forgets that jobs were parked. */
export async function unparkJobs(unit: Unit, jobIds: readonly string[]): Promise<void> {
  for (const jobId of jobIds) await unit.run('delete from parked_jobs where job_id = ?', [jobId])
}

/** How many jobs are parked. */
export async function countParked(reader: Reader): Promise<number> {
  const row = await reader.get<{ parked: number }>('select count(*) as parked from parked_jobs')
  return row?.parked ?? 0
}
