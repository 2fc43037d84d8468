import { addressesOf } from '#platform/registry'
import { openJobs } from '#services/jobs'
import { executorJobTypes, readTasks } from '../job-types.ts'
import { serviceHealth } from './health.ts'
import { httpPolicyOf } from './http-policy.ts'
import { openIdentity } from './identity.ts'
import { keepPruned } from './pruning.ts'
import type { OpenService } from './service.ts'

/** The definitions of jobs in a process of their own. */
export const openJobsService: OpenService = async ({ ground, directory, stack }) => {
  const { clock, log, messaging, schemas, config } = ground
  const jobTypes = executorJobTypes(await readTasks(config))
  const database = await ground.database('jobs')
  const { verifier } = await openIdentity(ground, stack, () => addressesOf(directory, 'auth'))
  const jobs = await openJobs({
    ...{ database, messaging, schemas, clock, log, verifier, jobTypes, ledgerKeptMs: config.ledgerKeptMs },
    webhooks: { httpPolicy: httpPolicyOf(config), sealingKeys: config.webhookKeys },
  })
  stack.push('jobs', () => jobs.stop())
  await jobs.start()
  keepPruned(ground, stack, { database, hasFeed: true })
  return { subgraph: jobs.subgraph, health: serviceHealth({ clock, database, messaging, schemas, groups: ['jobs'] }) }
}
