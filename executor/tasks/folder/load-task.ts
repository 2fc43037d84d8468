import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import type * as author from '../author.ts'
import type { Task } from '../task.ts'
import { type ForeignTask, foreignTask } from './foreign-task.ts'

const AUTHOR_NAME = 'carillon/task'
const AUTHOR = new URL('../author.ts', import.meta.url).href
let isHooked = false

/** What a file exports as its task, unchecked. It runs what the file says: only for processes that may be killed. */
export async function exportedTask(file: string): Promise<unknown> {
  // So that a folder anywhere may name what it is written against, and its errors are ours.
  if (!isHooked)
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === AUTHOR_NAME ? { url: AUTHOR, shortCircuit: true } : next(specifier, context),
    })
  isHooked = true
  const exported = (await import(pathToFileURL(file).href)) as { readonly task?: unknown; readonly default?: unknown }
  return exported.task ?? exported.default
}

/** Loads a task to run it here. @throws {Error} when its file is not what it was when the system started */
export async function loadTask(foreign: ForeignTask): Promise<Task> {
  const task = (await exportedTask(foreign.file)) as author.Task | undefined
  if (task?.name !== foreign.name || typeof task.run !== 'function')
    throw new Error(`${foreign.file} has changed since the start and has no task ${foreign.name} any more`)
  return foreignTask(foreign, async (params, context) => {
    const { executionId, attempt, jobId, workspaceId, scheduledFor, signal, heartbeat, progress, log } = context
    const own = { executionId, attempt, jobId, workspaceId, scheduledFor, signal, heartbeat, progress, log }
    const returned: Partial<author.TaskResult> | null | undefined = await task.run(params, own)
    // Who returns nothing has no result, which the limits refuse.
    return { result: returned?.result as author.Json, artefacts: returned?.artefacts ?? [] }
  })
}
