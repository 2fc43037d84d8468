import { type JobVersion, versionsOf } from './job-model.ts'
import { checkWhen } from './occurrences/check-when.ts'
import type { Recorded, RecordedExecution, RecordedOccurrence } from './recorded.ts'
import type { World } from './world.ts'

const ALWAYS = [{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }] as const

/**
 * Holds what schedulers decided against what they must have decided, whenever that was, and each fire against the one
 * execution that it led to.
 */
export async function checkFires(world: World, recorded: Recorded): Promise<readonly string[]> {
  const { time, databases, committed } = world
  const versions = [...versionsOf(recorded.jobEvents).values()].flat()
  const watched = { database: databases.scheduler, committed, nowMs: time.nowMs, idles: ALWAYS }
  const { findings: decided, fires } = await time.finish(checkWhen(watched, versions))
  const fired = recorded.occurrences.filter(({ outcome }) => outcome === 'FIRED')
  const findings = [...decided]
  if (fired.length !== fires) findings.push(`the ledger holds ${fired.length} of ${fires} fires`)

  const byVersion = new Map(versions.map((version) => [`${version.jobId} ${version.version}`, version]))
  const ran = Map.groupBy(recorded.executions, ({ id }) => id)
  const known = new Set(fired.map(({ execution_id }) => execution_id))
  for (const { id } of recorded.executions) if (!known.has(id)) findings.push(`an execution of nothing: ${id}`)
  for (const occurrence of fired) {
    const version = byVersion.get(`${occurrence.job_id} ${occurrence.job_version}`)
    const executions = ran.get(occurrence.execution_id) ?? []
    if (executions.length !== 1) findings.push(`${executions.length} executions of ${nameOf(occurrence)}`)
    for (const execution of executions) findings.push(...checkExecution(occurrence, version, execution))
  }
  return findings
}

function nameOf({ job_id, cause, nominal_at }: RecordedOccurrence): string {
  return `${job_id} ${cause} ${nominal_at}`
}

function checkExecution(
  occurrence: RecordedOccurrence,
  version: JobVersion | undefined,
  execution: RecordedExecution,
): readonly string[] {
  const findings: string[] = []
  const what = `the execution ${execution.id} of ${nameOf(occurrence)}`
  const { job_id, cause, nominal_at, decided_at } = occurrence
  if (execution.queued_at < decided_at) findings.push(`${what} came early`)
  if (execution.job_id !== job_id || execution.cause !== cause || execution.scheduled_for !== nominal_at) {
    findings.push(`${what} is another one's`)
  }
  if (execution.job_version !== version?.version || execution.job_type !== version.jobType) {
    findings.push(`${what} has version ${execution.job_version} and type ${execution.job_type}`)
  }
  const params = (cause.startsWith('trigger:') ? version?.trigger?.params : version?.params) ?? '{}'
  if (execution.params !== params) findings.push(`${what} has the params ${execution.params} instead of ${params}`)
  const isLost =
    execution.attempts.length === ATTEMPTS_MAX && execution.attempts.every(({ status }) => status === 'LOST')
  const outcome = isLost ? 'FAILED ATTEMPTS_EXHAUSTED' : outcomeOf(params)
  const actual = execution.error_code ? `${execution.status} ${execution.error_code}` : execution.status
  if (actual !== outcome) findings.push(`${what} came out as ${actual} instead of ${outcome}`)
  return findings
}

const ATTEMPTS_MAX = 5

/** What ECHO and SLEEP come to. */
function outcomeOf(params: string): string {
  const { fail, errorCode } = JSON.parse(params) as { fail?: boolean; errorCode?: string }
  if (errorCode) return `FAILED ${errorCode}`
  return fail ? 'FAILED ECHO_FAILED' : 'SUCCEEDED'
}
