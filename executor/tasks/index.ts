// What a job type does: one task a file, the catalogue of them, and the workers that run the heavy ones.
// Never knows of jobs, leases, databases or messages: whoever runs a task brings its context.
export { jobTypes, taskNamed } from './catalogue.ts'
export { checkParams, type ParamsError } from './check-params.ts'
export { RESULT_BYTES_MAX } from './limits.ts'
export {
  type ExecutionCount,
  type ExecutionHistory,
  type HttpPolicy,
  type Json,
  type JsonObject,
  type LogLevel,
  type Task,
  type TaskArtefact,
  type TaskContext,
  TaskError,
  type TaskResult,
} from './task.ts'
export { openTaskWorkers, type TaskWorkers, type TaskWorkersOptions } from './worker/task-workers.ts'
