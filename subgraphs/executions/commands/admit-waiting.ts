import { jobsLeftWaiting } from '../projections/open-executions.ts'
import type { CommandPorts } from './ports.ts'
import { admitNext } from './record.ts'

const JOBS_A_ROUND = 100

/**
 * Lets run what waits though nothing stands before it. Each end does that in its own unit, so there is nothing to find
 * unless rows were changed by other hands.
 *
 * @returns how many executions it admitted
 */
export async function admitWaiting(ports: CommandPorts): Promise<number> {
  const { database } = ports
  // A look costs no transaction.
  const jobIds = await jobsLeftWaiting(database.reader, JOBS_A_ROUND)
  if (jobIds.length === 0) return 0
  return database.unit([], (unit) => admitNext(unit, ports, jobIds))
}
