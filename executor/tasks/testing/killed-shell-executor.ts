import { openCatalogue } from '../catalogue.ts'
import type { ShellPolicy } from '../shell/policy.ts'
import type { JsonObject } from '../task.ts'
import { openTaskWorkers } from '../worker/task-workers.ts'
import { processesWith } from './shell-scene.ts'
import { taskContext } from './task-context.ts'

// An executor for a test to kill: runs a SHELL job, and tells each line that it logs and which process is its worker.
process.on('disconnect', () => process.exit())
const [policy, params] = process.argv.slice(2).map((text) => JSON.parse(text)) as [ShellPolicy, JsonObject]
const shell = openCatalogue({ shell: policy }).taskNamed('SHELL')
if (shell === undefined) throw new Error('there is no SHELL')
const context = taskContext({ log: (_level, message) => process.send?.(message) })
const workers = openTaskWorkers({ clock: context.clock, tasks: { shell: policy } })
workers.warmUp()
const [worker] = processesWith(`worker-main.ts\0${process.pid}\0`)
process.send?.(`worker ${worker}`)
await workers.runTask(shell, params, context).catch((error) => process.send?.(String(error)))
