/** The change feed's key of an execution: its state is the execution as JSON. */
export function executionKey(executionId: string): string {
  return `execution:${executionId}`
}

/** The group of a job's executions. It names the workspace, so that another's job is as silent as a missing one. */
export function jobGroup(workspaceId: string, jobId: string): string {
  return `job:${workspaceId}:${jobId}`
}

/** The key of an execution's log: the version is the number of its last line, the lines are read from the chunks. */
export function logKey(executionId: string): string {
  return `log:${executionId}`
}
