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
  /** FLAKY: its first call fails, and is tried again. SILENT: it has no effect. LONG: the same, and it may be cancelled. */
  readonly kind?: 'PLAIN' | 'FLAKY' | 'SILENT' | 'LONG'
}

/** A nominal time that the ledger says was left out. */
export interface Skipped extends Target {
  /** Its code, such as `SUPERSEDED`. */
  readonly reason: string
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
    | 'WRONGLY_SKIPPED'
    | 'NOT_SUCCEEDED'
    | 'FIRED_TWICE'
    | 'NEVER_DUE'
    | 'NO_EFFECT'
    | 'UNDECLARED_DOUBLE_EFFECT'
    | 'UNKNOWN_EFFECT'
    | 'NOT_GIVEN_UP'
    | 'NOT_CANCELLED'
    | 'NEVER_HIT'
    | 'NOT_HANDED_OVER'
    | 'LIMIT_EXCEEDED'
    | 'SLOT_KEPT'
  readonly what: string
}

/** As docs/what-happens-to-my-run.md has it. */
const ATTEMPTS_LOST_MAX = 5

/**
 * Matches each nominal time to its own completed run and each run to its effects.
 *
 * The jobs catch up with everything, so only one thing may leave a nominal time out: it was late already when the
 * archiving of its job was applied (SUPERSEDED). And then it has no run.
 *
 * Two effects of one execution are right only when they are declared: an attempt each, and every attempt but the last
 * was given up (LOST), or failed where calls fail. An attempt that was killed before its effect has none, so fewer effects than attempts is right.
 */
export function check(
  targets: readonly Target[],
  runs: readonly RecordedRun[],
  effects: readonly Effect[],
  skips: readonly Skipped[] = [],
  cancelled: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  const findings: Finding[] = []
  const skipped = new Set(skips.map(key))
  const expected = new Set(targets.map(key))
  const byTarget = Map.groupBy(runs, key)
  for (const target of expected) {
    const found = byTarget.get(target) ?? []
    if (found.length === 0 && !skipped.has(target)) findings.push({ kind: 'LOST', what: target })
    if (found.length > 1) findings.push({ kind: 'FIRED_TWICE', what: target })
  }
  for (const skip of skips) {
    if (skip.reason !== 'SUPERSEDED' || byTarget.has(key(skip)))
      findings.push({ kind: 'WRONGLY_SKIPPED', what: `${key(skip)}: ${skip.reason}` })
  }
  for (const run of runs) if (!expected.has(key(run))) findings.push({ kind: 'NEVER_DUE', what: key(run) })

  const byExecution = Map.groupBy(effects, (effect) => effect.executionId)
  for (const run of runs) {
    const isCancelled = cancelled.has(run.executionId)
    findings.push(...checkRun(run, byExecution.get(run.executionId) ?? [], isCancelled))
  }
  const known = new Set(runs.map((run) => run.executionId))
  for (const executionId of byExecution.keys()) {
    if (!known.has(executionId)) findings.push({ kind: 'UNKNOWN_EFFECT', what: executionId })
  }
  return findings
}

function checkRun(run: RecordedRun, effects: readonly Effect[], isCancelled: boolean): readonly Finding[] {
  const findings: Finding[] = []
  const what = `${run.executionId} of ${key(run)}`
  const { kind = 'PLAIN', status } = run
  const lost = run.attempts.filter((attempt) => attempt === 'LOST').length
  // Whoever lost so many executors has failed, as the manual says: a long sleep does when each life is shorter.
  const isExhausted = status === 'FAILED' && lost === ATTEMPTS_LOST_MAX && run.attempts.at(-1) === 'LOST'
  if (isCancelled && status !== 'CANCELLED') findings.push({ kind: 'NOT_CANCELLED', what: `${what} is ${status}` })
  else if (status !== 'SUCCEEDED' && !isExhausted && (kind !== 'LONG' || status !== 'CANCELLED')) {
    findings.push({ kind: 'NOT_SUCCEEDED', what: `${what} is ${status}` })
  }
  const isGivenUp = (attempt: string): boolean => attempt === 'LOST' || (kind === 'FLAKY' && attempt === 'FAILED')
  if (!run.attempts.slice(0, -1).every(isGivenUp)) findings.push({ kind: 'NOT_GIVEN_UP', what })
  const hasEffect = kind === 'PLAIN' || kind === 'FLAKY'
  if (hasEffect && effects.length === 0 && !isExhausted) findings.push({ kind: 'NO_EFFECT', what })
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
