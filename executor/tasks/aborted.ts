import { TaskError } from './task.ts'

/** What a task throws when its signal aborted. Whoever aborted knows why; nobody else will read it. */
export function abortedError(): TaskError {
  return new TaskError('TASK_ABORTED', 'the attempt was ended from outside')
}
