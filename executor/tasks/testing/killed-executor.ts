import { openTaskWorkers } from '../worker/task-workers.ts'
import { hostileTasks } from './hostile-tasks.ts'
import { taskContext } from './task-context.ts'

// An executor for a test to kill: tells the id of the process that runs its task once that task blocks.
const context = taskContext()
const workers = openTaskWorkers({ clock: context.clock, entry: new URL('./hostile-worker.ts', import.meta.url) })
const [itself, blocking] = ['tellsOfItself', 'blocksItsLoop'].map((name) => hostileTasks.get(name))
if (itself === undefined || blocking === undefined) throw new Error('the hostile tasks are gone')
const { result } = await workers.runTask(itself, {}, context)
await workers.runTask(blocking, {}, { ...context, log: () => process.send?.(result) })
