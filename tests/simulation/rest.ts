import type { World } from './world.ts'

/** The consumer groups of the services. */
export const GROUPS = ['scheduler', 'executions', 'jobs'] as const

/** Whether nothing is under way: no record is to be taken, nothing is due, and no execution is open. */
export async function isAtRest({ time, databases, broker }: World): Promise<boolean> {
  for (const group of GROUPS) if ((await time.finish(broker.messaging.lag(group))) > 0) return false
  const open = await time.finish(databases.executions.reader.all('select execution_id from queue limit 1'))
  const due = await time.finish(
    databases.scheduler.reader.all(
      'select job_id from timetable where waiting is not null or next_fire_at <= ? limit 1',
      [time.nowMs()],
    ),
  )
  return open.length === 0 && due.length === 0
}
