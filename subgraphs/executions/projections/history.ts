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
  /**
   * The executions whose nominal time is in [from, to), a page at a time: first those that are open, then the others in the order
   * in which they ended. A page looks at a limited number of rows, so it may be empty and not be the last.
   */
  due(workspaceId: string, from: Date, to: Date, after: string | null): Promise<DuePage>
}

/** Some of the executions of a period. */
export interface DuePage {
  readonly executions: readonly DueExecution[]
  /** Asks for the next page; null after the last. */
  readonly next: string | null
}

/** What punctuality is judged by. */
export interface DueExecution {
  readonly id: string
  readonly jobId: string
  readonly jobType: string
  readonly cause: string
  readonly status: string
  readonly dueAtMs: number
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
}

const PAGE_ROWS_MAX = 5_000
const DUE_COLUMNS = `e.id, e.job_id as jobId, e.job_type as jobType, e.cause, e.status, e.scheduled_for as dueAtMs,
  e.started_at as startedAtMs, e.finished_at as finishedAtMs`

/** The history out of the `executions` table. @param pageRowsMax rows that one page looks at */
export function openHistory(reader: Reader, pageRowsMax = PAGE_ROWS_MAX): ExecutionHistory {
  return {
    async summary(workspaceId, from, to) {
      return reader.all<ExecutionCount>(
        `select job_id as jobId, job_type as jobType, status, count(*) as count,
                coalesce(sum(finished_at - attempt_started_at), 0) as durationMsTotal,
                coalesce(max(finished_at - attempt_started_at), 0) as durationMsMax
         from executions where workspace_id = ? and finished_at >= ? and finished_at < ?
         group by job_id, job_type, status order by job_id, job_type, status`,
        [workspaceId, from.getTime(), to.getTime()],
      )
    },
    async due(workspaceId, from, to, after) {
      const place = placeOf(after, from, pageRowsMax)
      const rows = place.isOpen
        ? await openAfter(reader, workspaceId, place)
        : await endedAfter(reader, workspaceId, place)
      const executions = rows.filter(({ dueAtMs }) => dueAtMs >= from.getTime() && dueAtMs < to.getTime())
      return { executions, next: nextPlace(rows, place, from) }
    },
  }
}

/** Where a page begins: behind an id, among the open ones or among those that ended together. */
interface Place {
  readonly rowsMax: number
  readonly isOpen: boolean
  readonly endedAtMs: number
  readonly id: string
}

function placeOf(text: string | null, from: Date, rowsMax: number): Place {
  const [kind, endedAtMs, id = ''] = text?.split(' ') ?? []
  return { isOpen: kind !== 'ended', endedAtMs: Number(endedAtMs ?? from.getTime()), id, rowsMax }
}

function nextPlace(rows: readonly DueExecution[], { isOpen, rowsMax }: Place, from: Date): string | null {
  const last = rows.at(-1)
  if (last && rows.length === rowsMax) return `${isOpen ? 'open' : 'ended'} ${last.finishedAtMs ?? 0} ${last.id}`
  // Nothing ends before its nominal time, so the index by the end leads to all that was due from then on.
  return isOpen ? `ended ${from.getTime()} ` : null
}

/** What is open has a row in the queue, which is small. */
function openAfter(reader: Reader, workspaceId: string, { id, rowsMax }: Place): Promise<readonly DueExecution[]> {
  return reader.all<DueExecution>(
    `select ${DUE_COLUMNS} from queue q join executions e on e.id = q.execution_id
     where q.execution_id > ? and e.workspace_id = ? order by q.execution_id limit ${rowsMax}`,
    [id, workspaceId],
  )
}

function endedAfter(
  reader: Reader,
  workspaceId: string,
  { endedAtMs, id, rowsMax }: Place,
): Promise<readonly DueExecution[]> {
  return reader.all<DueExecution>(
    `select ${DUE_COLUMNS} from executions e
     where e.workspace_id = ? and e.finished_at >= ? and (e.finished_at > ? or e.id > ?)
     order by e.finished_at, e.id limit ${rowsMax}`,
    [workspaceId, endedAtMs, endedAtMs, id],
  )
}
