import { openExecutions } from '#services/executions'
import { openExecutor, openTaskWorkers, taskNamed } from '#services/executor'
import { serviceHealth } from './health.ts'
import type { OpenService } from './service.ts'

/** What runs attempts, in a process of its own. Any number of them share the work. */
export const openExecutorService: OpenService = async ({ ground, stack }) => {
  const { clock, log, messaging, schemas, metrics, config } = ground
  const database = await ground.database('executions')
  const placeOf = (jobType: string) => taskNamed(jobType)?.place ?? 'loop'
  const executions = await openExecutions({ database, messaging, schemas, clock, log, placeOf })
  stack.push('executions', () => executions.stop())
  const workers = openTaskWorkers({ clock, size: config.taskWorkers })
  stack.push('task workers', () => workers.close())
  const executor = openExecutor({
    ...{ clock, log, metrics, executions: executions.commands },
    tasks: { taskNamed, runTask: workers.runTask },
    httpPolicy: { allowPrivate: config.httpAllowPrivate },
    capacity: { loop: config.executorCapacity, worker: config.taskWorkers },
  })
  stack.push('executor', () => executor.stop())
  await executor.start()
  await executions.start()
  return { health: serviceHealth({ clock, database, messaging, groups: ['executions'] }) }
}
