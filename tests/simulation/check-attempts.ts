import type { Effects } from './effects.ts'
import type { Recorded, RecordedExecution } from './recorded.ts'

/** Looks at the attempts of each execution: one at a time, the next only after the last was lost, none lost in silence. */
export function checkAttempts(recorded: Recorded, effects: Effects): readonly string[] {
  const findings = [...effects.findings]
  const executions = new Map(recorded.executions.map((execution) => [execution.id, execution]))
  for (const execution of recorded.executions) findings.push(...checkOrder(execution))

  const written = new Set<string>()
  for (const { executionId, attempt, executorId, status } of effects.acknowledged) {
    const own = executions.get(executionId)?.attempts[attempt - 1]
    const what = `the result of attempt ${attempt} of ${executionId}`
    if (own?.executorId !== executorId) findings.push(`${what} is another executor's`)
    else if (own.status !== status && own.lateResultAtMs === null) {
      findings.push(`${what} was acknowledged and neither written nor refused on record: it is ${own.status}`)
    }
    written.add(`${executionId} ${attempt} ${executorId}`)
  }
  for (const { id, attempts } of recorded.executions) {
    const last = attempts.at(-1)
    if (!last || last.status === 'LOST') continue
    // The answer to the one that wrote it may have been lost, but then the process died or asked again.
    if (last.lateResultAtMs !== null) findings.push(`attempt ${last.number} of ${id} ended, and its result came late`)
  }
  return findings
}

function checkOrder({ id, attempts, status, finished_at, queued_at }: RecordedExecution): readonly string[] {
  const findings: string[] = []
  const last = attempts.at(-1)
  if (!last || finished_at === null) return [`${id} has not ended: ${status}`]
  if (last.status !== 'LOST' && last.status !== status)
    findings.push(`${id} is ${status}, its last attempt ${last.status}`)
  let fromMs = queued_at
  for (const [index, attempt] of attempts.entries()) {
    const { number, startedAtMs, finishedAtMs, lateResultAtMs } = attempt
    const what = `attempt ${number} of ${id}`
    if (number !== index + 1) findings.push(`${what} has another number than ${index + 1}`)
    if (startedAtMs < fromMs) findings.push(`${what} started before the one before it was over`)
    if (finishedAtMs === null || finishedAtMs < startedAtMs) findings.push(`${what} never ended`)
    if (attempt !== last && attempt.status !== 'LOST')
      findings.push(`${what} is ${attempt.status}, and another followed`)
    if (lateResultAtMs !== null && lateResultAtMs < (finishedAtMs ?? 0))
      findings.push(`${what} was late before its end`)
    fromMs = finishedAtMs ?? fromMs
  }
  return findings
}
