/** What a job should have done: a nominal time each. */
export interface Target {
  readonly jobId: string
  readonly nominalAt: string
}

/** What the system says it did. */
export interface RecordedRun {
  readonly executionId: string
  readonly jobId: string
  readonly nominalAt: string
  readonly status: string
  /** The status of each attempt, in order. */
  readonly attempts: readonly string[]
}

/** What the world outside saw. */
export interface Effect {
  readonly executionId: string
  readonly attempt: number
}

/** One thing that is wrong. */
export interface Finding {
  readonly kind:
    | 'LOST'
    | 'NOT_SUCCEEDED'
    | 'FIRED_TWICE'
    | 'NEVER_DUE'
    | 'NO_EFFECT'
    | 'UNDECLARED_DOUBLE_EFFECT'
    | 'UNKNOWN_EFFECT'
    | 'NOT_GIVEN_UP'
  readonly what: string
}

/**
 * Matches each nominal time to its own completed run and each run to its effects.
 *
 * Two effects of one execution are right only when they are declared: an attempt each, and every attempt but the last
 * was given up (LOST). An attempt that was killed before its effect has none, so fewer effects than attempts is right.
 */
export function check(
  targets: readonly Target[],
  runs: readonly RecordedRun[],
  effects: readonly Effect[],
): readonly Finding[] {
  const findings: Finding[] = []
  const expected = new Set(targets.map(key))
  const byTarget = Map.groupBy(runs, key)
  for (const target of expected) {
    const found = byTarget.get(target) ?? []
    if (found.length === 0) findings.push({ kind: 'LOST', what: target })
    if (found.length > 1) findings.push({ kind: 'FIRED_TWICE', what: target })
  }
  for (const run of runs) if (!expected.has(key(run))) findings.push({ kind: 'NEVER_DUE', what: key(run) })

  const byExecution = Map.groupBy(effects, (effect) => effect.executionId)
  for (const run of runs) findings.push(...checkRun(run, byExecution.get(run.executionId) ?? []))
  const known = new Set(runs.map((run) => run.executionId))
  for (const executionId of byExecution.keys()) {
    if (!known.has(executionId)) findings.push({ kind: 'UNKNOWN_EFFECT', what: executionId })
  }
  return findings
}

function checkRun(run: RecordedRun, effects: readonly Effect[]): readonly Finding[] {
  const findings: Finding[] = []
  const what = `${run.executionId} of ${key(run)}`
  if (run.status !== 'SUCCEEDED') findings.push({ kind: 'NOT_SUCCEEDED', what: `${what} is ${run.status}` })
  if (run.attempts.slice(0, -1).some((status) => status !== 'LOST')) findings.push({ kind: 'NOT_GIVEN_UP', what })
  if (effects.length === 0) findings.push({ kind: 'NO_EFFECT', what })
  const attempts = effects.map((effect) => effect.attempt)
  const declared = attempts.every((attempt) => attempt >= 1 && attempt <= run.attempts.length)
  if (!declared || new Set(attempts).size !== attempts.length) {
    findings.push({ kind: 'UNDECLARED_DOUBLE_EFFECT', what: `${what}: attempts ${attempts.join(', ')}` })
  }
  return findings
}

function key({ jobId, nominalAt }: Target): string {
  return `${jobId} ${nominalAt}`
}
