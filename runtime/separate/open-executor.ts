import { openStorages } from '#platform/storage'
import { openExecutions } from '#services/executions'
import { openCatalogue, openExecutor, openTaskWorkers, placeOf } from '#services/executor'
import { readTasks } from '../job-types.ts'
import { openKafkaJobs } from '../kafka-jobs.ts'
import { serviceHealth } from './health.ts'
import { httpPolicyOf } from './http-policy.ts'
import type { OpenService } from './service.ts'

/** What runs attempts, in a process of its own. Any number of them share the work. */
export const openExecutorService: OpenService = async ({ ground, stack }) => {
  const { clock, log, messaging, schemas, metrics, config } = ground
  const tasks = { ...(await readTasks(config)), kafka: await openKafkaJobs(config.kafkaJobs, ground) }
  const database = await ground.database('executions')
  const { flow } = config
  const storages = openStorages(config.storage, { database, clock })
  stack.push('storages', () => storages.close())
  const executions = await openExecutions({ database, messaging, schemas, storages, clock, log, placeOf, flow })
  stack.push('executions', () => executions.stop())
  const workers = openTaskWorkers({ clock, size: config.taskWorkers, tasks })
  stack.push('task workers', () => workers.close())
  const executor = openExecutor({
    ...{ clock, log, metrics, executions: executions.commands },
    tasks: { taskNamed: openCatalogue(tasks).taskNamed, runTask: workers.runTask },
    httpPolicy: httpPolicyOf(config),
    graceMs: config.executorGraceMs,
    capacity: { loop: config.executorCapacity, worker: config.taskWorkers },
  })
  stack.push('executor', () => executor.stop())
  await executor.start()
  await executions.start()
  return { health: serviceHealth({ clock, database, messaging, schemas, groups: ['executions'] }) }
}
