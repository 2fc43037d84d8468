import { invariant } from '#platform/domain'
import type { JsonObject, Task } from '../task.ts'

/** A task from a folder, as far as it is known to those who do not run it: its code stays out of their processes. */
export interface ForeignTask {
  readonly name: string
  readonly description: string
  readonly paramsSchema: JsonObject
  /** Its file, absolute. */
  readonly file: string
}

/** The task behind it, for a catalogue. Its `run` is that of the process which loads it. */
export function foreignTask({ name, description, paramsSchema }: ForeignTask, run: Task['run'] = elsewhere): Task {
  return { name, description, paramsSchema, place: 'worker', timeLimitMs: null, isForeign: true, run }
}

function elsewhere(): never {
  invariant(false, 'a task from a folder runs in a process of its own')
}
