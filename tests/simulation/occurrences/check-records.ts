import type { Expected } from './expectation.ts'
import type { Advance, ToldFire, ToldSkip } from './job-history.ts'
import { type Regime, type TimesOf, timesWithin } from './regimes.ts'
import { wallText } from './wall-clock.ts'

/** What may become of each nominal time that is due and has no record; mostly there is one thing that may. */
export type Judgement = ReadonlyMap<number, readonly Expected[]>

/** What a record decides, and what is wrong with it. */
export interface Verdict {
  readonly decided: readonly Expected[]
  readonly findings: readonly string[]
}

/** Holds a fire of the schedule against what may become of its nominal time. */
export function checkFire(judgement: Judgement, { decidedAtMs }: Advance, fire: ToldFire): Verdict {
  const what = `${text(fire.nominalMs)} fires`
  const alternatives = judgement.get(fire.nominalMs) ?? []
  const expected = alternatives.find((each) => each.what === 'FIRED' && each.isLate === fire.isLate)
  if (!expected) return wrong(`${what}${fire.isLate ? ' late' : ''}, ${insteadOf(alternatives)}`, alternatives)
  const { regime, effectiveMs } = expected
  const { timeZone, jitterMs } = regime.timing
  const findings: string[] = []
  if (fire.effectiveMs !== effectiveMs) findings.push(`${what} at ${text(fire.effectiveMs)}, not ${text(effectiveMs)}`)
  const isWithin = fire.effectiveMs >= fire.nominalMs && fire.effectiveMs <= fire.nominalMs + jitterMs
  if (!isWithin) findings.push(`${what} at ${text(fire.effectiveMs)}, out of the bounds of its jitter`)
  if (decidedAtMs < fire.effectiveMs) findings.push(`${what} early`)
  const wallTime = wallText(timeZone, fire.nominalMs)
  if (fire.wallTime !== wallTime) findings.push(`${what} at ${fire.wallTime} on the wall instead of ${wallTime}`)
  const versions = versionsFor(expected)
  if (!versions.includes(fire.jobVersion)) {
    findings.push(`${what} by version ${fire.jobVersion} instead of ${versions.join(' or ')}`)
  }
  return { decided: [expected], findings }
}

/** The version that held when it was due. What is late may fire by a later one, as long as that left the time alone. */
function versionsFor({ regime: { versions }, effectiveMs, isLate }: Expected): readonly number[] {
  // A version holds no earlier than the one before it, whatever the clocks were set to meanwhile.
  const next = versions.findIndex(({ cutMs }, index) => index > 0 && cutMs >= effectiveMs)
  const end = next === -1 ? versions.length : next
  return versions.slice(end - 1, isLate ? versions.length : end).map(({ version }) => version)
}

/** Holds a range of skips against what may become of the nominal times in it. */
export function checkSkip(
  judgement: Judgement,
  told: Advance,
  skip: ToldSkip,
  regimes: readonly Regime[],
  timesOf: TimesOf,
): Verdict {
  const name = `${skip.outcome}/${skip.reason}`
  const what = `${text(skip.fromMs)} to ${text(skip.throughMs)} ${name}`
  const own = regimes.flatMap((regime) => {
    const fromMs = Math.max(skip.fromMs, regime.fromMs + 1)
    const throughMs = Math.min(skip.throughMs, regime.endMs ?? skip.throughMs)
    return regime.state === 'ARCHIVED' || fromMs > throughMs
      ? []
      : timesWithin(timesOf(regime).times, fromMs, throughMs)
  })
  const findings: string[] = []
  const decided: Expected[] = []
  if (own[0] !== skip.fromMs || own.at(-1) !== skip.throughMs) findings.push(`${what}: its ends are no nominal times`)
  if (own.length !== skip.count) findings.push(`${what}: counts ${skip.count} instead of ${own.length}`)
  if (told.decidedAtMs < skip.throughMs) findings.push(`${what}: early`)
  for (const nominalMs of own) {
    const alternatives = judgement.get(nominalMs) ?? []
    const expected = alternatives.find((each) => each.what === name)
    if (!expected) {
      findings.push(`${what}: ${text(nominalMs)} ${insteadOf(alternatives)}`)
      decided.push(...alternatives.slice(0, 1))
      continue
    }
    decided.push(expected)
    const { versions } = expected.regime
    const [first] = versions
    if (!skip.detail.includes(expected.detail))
      findings.push(`${what}: "${skip.detail}" leaves out "${expected.detail}"`)
    const isOwn = skip.jobVersion >= (first?.version ?? 0) && skip.jobVersion <= told.appliedVersion
    if (!isOwn) findings.push(`${what}: by version ${skip.jobVersion}, which did not hold then`)
  }
  return { decided, findings: [...new Set(findings)].slice(0, FINDINGS_MAX) }
}

const FINDINGS_MAX = 3

/** Skips of one decision that are equal and have nothing between them are one. */
export function checkMerged({ skipped }: Advance, nextOf: (afterMs: number) => number | null): readonly string[] {
  const ranges = skipped
    .filter(({ outcome }) => outcome !== 'SKIPPED_DST')
    .toSorted((one, other) => one.fromMs - other.fromMs)
  return ranges.slice(1).flatMap((range, index) => {
    const before = ranges[index]
    const isOne = before && keyOf(before) === keyOf(range) && nextOf(before.throughMs) === range.fromMs
    return isOne ? [`${text(range.fromMs)} ${range.reason} should be one with the range before it`] : []
  })
}

function keyOf({ cause, outcome, reason, detail, jobVersion }: ToldSkip): string {
  return JSON.stringify([cause, outcome, reason, detail, jobVersion])
}

function insteadOf(alternatives: readonly Expected[]): string {
  if (alternatives.length === 0) return 'which is not due, or decided already'
  return `instead of ${alternatives.map(({ what, isLate }) => (isLate && what === 'FIRED' ? 'FIRED late' : what)).join(' or ')}`
}

function wrong(finding: string, alternatives: readonly Expected[]): Verdict {
  return { decided: alternatives.slice(0, 1), findings: [finding] }
}

/** An instant as it is told of. */
export function text(atMs: number): string {
  return Number.isFinite(atMs) ? new Date(atMs).toISOString().replace('.000', '') : String(atMs)
}
