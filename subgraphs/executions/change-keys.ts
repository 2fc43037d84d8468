/** The change feed's key of an execution: its state is the execution as JSON. */
export function executionKey(executionId: string): string {
  return `execution:${executionId}`
}

// More than an attempt reports in a year.
const REPORTS_A_VERSION_MAX = 2 ** 26

/** The version of an execution's change: it grows with the execution's own, and within that with each report of progress. */
export function changeVersion(version: number, reportNumber = 0): number {
  return version * REPORTS_A_VERSION_MAX + Math.min(reportNumber, REPORTS_A_VERSION_MAX - 1)
}

/** The group of a job's executions. It names the workspace, so that another's job is as silent as a missing one. */
export function jobGroup(workspaceId: string, jobId: string): string {
  return `job:${workspaceId}:${jobId}`
}

/** The key of an execution's log: the version is the number of its last line, the lines are read from the chunks. */
export function logKey(executionId: string): string {
  return `log:${executionId}`
}

/** The change feed's key of a replay: its state is the replay as JSON. */
export function replayKey(workspaceId: string, replayId: string): string {
  return `replay:${workspaceId}:${replayId}`
}
