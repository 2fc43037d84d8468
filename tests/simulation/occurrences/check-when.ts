import type { Records } from '#avro'
import type { Database } from '#platform/database'
import { jitteredAt } from '#platform/schedule'
import { checkBackfills } from './check-backfills.ts'
import { checkJob } from './check-job.ts'
import { checkTriggers } from './check-triggers.ts'
import { excuses, type Idle } from './idle.ts'
import type { Advance, Change, JobStep } from './job-history.ts'
import type { Committed } from './observation.ts'
import { schemas } from './schemas.ts'

/** Schedulers that were watched, and what they left. */
export interface Watched {
  readonly database: Pick<Database, 'reader'>
  readonly committed: readonly Committed[]
  readonly idles: readonly Idle[]
  /** By the clock of the database. */
  nowMs(): number
}

/** What is wrong with what was told, and how much was told. */
export interface CheckedWhen {
  readonly findings: readonly string[]
  readonly steps: ReadonlyMap<string, readonly JobStep[]>
  readonly fires: number
  readonly skips: number
}

/** Holds all that schedulers told against what they must have told. */
export async function checkWhen(watched: Watched, changes: readonly Change[]): Promise<CheckedWhen> {
  const advances = await readAdvances(watched)
  const findings: string[] = []
  const steps = new Map<string, JobStep[]>()
  for (const change of changes) steps.set(change.jobId, [])
  for (const step of stepsOf(watched, changes, advances)) steps.get(step.jobId)?.push(step.step)
  const isExcused = excuses(watched.idles)
  for (const [jobId, own] of steps) {
    const effectiveOf = (nominalMs: number, jitterMs: number, nextMs: number | null): number =>
      jitteredAt(jobId, 'schedule', new Date(nominalMs), jitterMs, nextMs === null ? null : new Date(nextMs)).getTime()
    const wrong = [
      ...checkJob(own, { endMs: watched.nowMs(), isExcused, effectiveOf }),
      ...checkTriggers(own, isExcused),
      ...checkBackfills(own),
    ]
    findings.push(...wrong.map((what) => `${jobId}: ${what}`))
  }
  findings.push(...(await checkExecutions(watched, changes, advances)))
  const told = [...advances.values()].flat()
  return {
    findings,
    steps,
    fires: told.reduce((sum, { fired }) => sum + fired.length, 0),
    skips: told.reduce((sum, { skipped }) => sum + skipped.length, 0),
  }
}

async function readAdvances(watched: Watched): Promise<ReadonlyMap<string, Advance>> {
  const told = await readTold(watched, 'schedule-events', 'carillon.scheduler.ScheduleAdvanced')
  return new Map(told.map(({ stream, version, value }) => [`${stream}@${version}`, advanceOf(value)]))
}

async function readTold<Name extends keyof Records>({ database }: Watched, topic: string, name: Name) {
  const rows = await database.reader.all<{ body: Uint8Array; stream: string; version: number }>(
    'select body, stream, version from outbox where topic = ? order by position',
    [topic],
  )
  const id = schemas.idOf(name)
  const decoded = rows.map(async ({ body, stream, version }) => {
    const { value } = await schemas.decode(schemas.frame(id, body))
    return { stream, version, value: value as Records[Name] }
  })
  return Promise.all(decoded)
}

/** What happened to each job, in the order of the commits. */
function stepsOf(
  { committed }: Watched,
  changes: readonly Change[],
  advances: ReadonlyMap<string, Advance>,
): readonly { readonly jobId: string; readonly step: JobStep }[] {
  const received = new Map<string, number>()
  const seen = new Set<string>()
  return committed.flatMap(({ type, stream, version, nowMs, isHeldBack }): { jobId: string; step: JobStep }[] => {
    const jobId = stream.slice(stream.lastIndexOf('job-'))
    if (type === 'received') {
      const before = received.get(jobId) ?? 0
      received.set(jobId, Math.max(before, version))
      const fresh = changes.filter(
        (change) => change.jobId === jobId && change.version > before && change.version <= version,
      )
      return fresh.map((change) => ({ jobId, step: { type, change, nowMs } }))
    }
    const name = `${stream}@${version}`
    const advance = advances.get(name)
    if (!advance || seen.has(name)) return []
    seen.add(name)
    return [{ jobId, step: { type, advance, isHeldBack } }]
  })
}

/** Each fire led to one request, with the params of its version. */
async function checkExecutions(
  watched: Watched,
  changes: readonly Change[],
  advances: ReadonlyMap<string, Advance>,
): Promise<readonly string[]> {
  const requests = await readTold(watched, 'job-execute', 'carillon.scheduler.ExecutionRequested')
  const fired = new Map([...advances.values()].flatMap((each) => each.fired.map((fire) => [fire.executionId, fire])))
  const asked = new Map(changes.map((change) => [`${change.jobId} ${change.version}`, change]))
  const findings: string[] = []
  if (requests.length !== fired.size)
    findings.push(`${requests.length} executions are requested for ${fired.size} fires`)
  const identities = new Set<string>()
  for (const { value } of requests) {
    const { executionId, jobId, cause, scheduledFor, jobVersion } = value
    const identity = `${jobId} ${cause} ${scheduledFor.toISOString()}`
    const fire = fired.get(executionId)
    if (identities.has(identity)) findings.push(`${identity} fires twice`)
    identities.add(identity)
    const isSame = fire?.cause === cause && fire.nominalMs === scheduledFor.getTime() && fire.isLate === value.isLate
    if (!isSame || fire.jobVersion !== jobVersion) findings.push(`${identity} is requested otherwise than it fired`)
    const change = asked.get(`${jobId} ${jobVersion}`)
    const wanted = cause.startsWith('trigger:') ? change?.trigger?.params : change?.params
    if (value.params !== wanted) findings.push(`${identity} has the params ${value.params}`)
  }
  return findings
}

function advanceOf(value: Records['carillon.scheduler.ScheduleAdvanced']): Advance {
  return {
    decidedAtMs: value.decidedAt.getTime(),
    appliedVersion: value.appliedVersion,
    decidedThroughMs: value.decidedThrough?.getTime() ?? null,
    nextFireAtMs: value.nextFireAt?.getTime() ?? null,
    exhausted: value.exhausted,
    fired: value.fired.map((fire) => ({
      cause: fire.cause,
      nominalMs: fire.scheduledFor.getTime(),
      effectiveMs: (fire.effectiveAt ?? fire.scheduledFor).getTime(),
      isLate: fire.isLate,
      wallTime: fire.wallTime,
      jobVersion: fire.jobVersion,
      executionId: fire.executionId,
    })),
    skipped: value.skipped.map((skip) => ({
      cause: skip.cause,
      fromMs: skip.from.getTime(),
      throughMs: skip.through.getTime(),
      count: Number(skip.count),
      outcome: skip.outcome,
      reason: skip.reason,
      detail: skip.detail,
      jobVersion: skip.jobVersion,
      wallTime: skip.wallTime,
    })),
    backfills: value.backfills.map(({ backfillId: id, state, firedCount, leftOutCount }) => ({
      id,
      state,
      firedCount,
      leftOutCount,
    })),
  }
}
