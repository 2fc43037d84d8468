import { type Expected, expectedOccurrences } from './oracle.ts'
import type { Recorded, RecordedExecution } from './recorded.ts'

/** Matches what must have fired to what did, one to one, and each of it to the one execution that it led to. */
export function checkFires(recorded: Recorded, endMs: number): readonly string[] {
  const findings: string[] = []
  const fired = Map.groupBy(recorded.occurrences, (row) => `${row.job_id} ${row.cause} ${row.nominal_at}`)
  const ran = Map.groupBy(recorded.executions, ({ id }) => id)
  const byOccurrence = Map.groupBy(recorded.executions, (row) => `${row.job_id} ${row.cause} ${row.scheduled_for}`)
  for (const expected of expectedOccurrences(recorded, endMs)) {
    const { jobId, cause, nominalMs, version, executionId } = expected
    const what = `${jobId} ${cause} ${nominalMs}`
    const [occurrence, ...more] = fired.get(what) ?? []
    fired.delete(what)
    if (!occurrence) {
      findings.push(`never fired: ${what} of version ${version.version} (${version.schedule})`)
      continue
    }
    if (more.length > 0) findings.push(`fired ${more.length + 1} times: ${what}`)
    if (occurrence.job_version !== version.version) {
      findings.push(`fired by version ${occurrence.job_version} instead of ${version.version}: ${what}`)
    }
    if (occurrence.decided_at < nominalMs) findings.push(`decided early: ${what}`)
    if (executionId && executionId !== occurrence.execution_id)
      findings.push(`another execution than answered: ${what}`)
    const executions = ran.get(occurrence.execution_id) ?? []
    if (executions.length !== 1) findings.push(`${executions.length} executions of ${what}`)
    for (const execution of executions) findings.push(...checkExecution(expected, execution))
    const doubles = byOccurrence.get(what)?.length ?? 0
    if (doubles > 1) findings.push(`ran ${doubles} times: ${what}`)
  }
  for (const what of fired.keys()) findings.push(`never due: ${what}`)
  const known = new Set(recorded.occurrences.map(({ execution_id }) => execution_id))
  for (const { id } of recorded.executions) if (!known.has(id)) findings.push(`an execution of nothing: ${id}`)
  return findings
}

function checkExecution(expected: Expected, execution: RecordedExecution): readonly string[] {
  const findings: string[] = []
  const { jobId, cause, nominalMs, version, params } = expected
  const what = `the execution ${execution.id} of ${jobId} ${cause} ${nominalMs}`
  if (execution.queued_at < nominalMs) findings.push(`${what} came early`)
  if (execution.job_id !== jobId || execution.cause !== cause || execution.scheduled_for !== nominalMs) {
    findings.push(`${what} is another one's`)
  }
  if (execution.job_version !== version.version || execution.job_type !== version.jobType) {
    findings.push(`${what} has version ${execution.job_version} and type ${execution.job_type}`)
  }
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
