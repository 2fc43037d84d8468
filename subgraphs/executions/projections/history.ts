import type { Reader } from '#platform/database'

/** How many executions of one job ended in one status. */
export interface ExecutionCount {
  readonly jobId: string
  readonly jobType: string
  readonly status: string
  readonly count: number
  readonly durationMsTotal: number
  readonly durationMsMax: number
}

/** What the executions of a workspace came to. */
export interface ExecutionHistory {
  /** Counts those that ended in [from, to). Durations are of each one's last attempt, in milliseconds. */
  summary(workspaceId: string, from: Date, to: Date): Promise<readonly ExecutionCount[]>
}

/** The history out of the `executions` table. */
export function openHistory(reader: Reader): ExecutionHistory {
  return {
    async summary(workspaceId, from, to) {
      return reader.all<ExecutionCount>(
        `select job_id as jobId, job_type as jobType, status, count(*) as count,
                sum(finished_at - attempt_started_at) as durationMsTotal,
                max(finished_at - attempt_started_at) as durationMsMax
         from executions where workspace_id = ? and finished_at >= ? and finished_at < ?
         group by job_id, job_type, status order by job_id, job_type, status`,
        [workspaceId, from.getTime(), to.getTime()],
      )
    },
  }
}
