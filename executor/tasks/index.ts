// What a job type does: one task a file, the catalogue of them, and the workers that run the heavy ones.
// Never knows of jobs, leases, databases or messages: whoever runs a task brings its context.
export {
  type CatalogueOptions,
  checkParams,
  jobTypes,
  openCatalogue,
  placeOf,
  reservedNames,
  type TaskCatalogue,
  taskNamed,
} from './catalogue.ts'
export type { ParamsError } from './check-params.ts'
export { readTasksFolder, TasksFolderError } from './folder/read-tasks-folder.ts'
export type { KafkaReach } from './kafka.ts'
export { RESULT_BYTES_MAX } from './limits.ts'
export type { ProgressReport } from './progress.ts'
export { SHELL_OFF, type ShellPolicy } from './shell/policy.ts'
export type { SqlConnection, SqlConnections } from './sql/connection.ts'
export {
  type ExecutionCount,
  type ExecutionHistory,
  type Json,
  type JsonObject,
  type LogLevel,
  type Task,
  type TaskArtefact,
  type TaskContext,
  type TaskEnding,
  TaskError,
  type TaskResult,
} from './task.ts'
export { openTaskWorkers, type TaskWorkers, type TaskWorkersOptions } from './worker/task-workers.ts'
