import { type JobChanged, jobChangedDefaults } from '#avro'
import { defaultTimingOptions, type Timing } from '#platform/schedule'
import type { AskedBackfill, Change } from './job-history.ts'
import { schemas } from './schemas.ts'
import type { WhenWorld } from './when-world.ts'

/** Those who change jobs: what they do is written down, and told to the schedulers. */
export interface JobsDesk {
  readonly changes: readonly Change[]
  /** Every job as it is now. */
  readonly jobs: ReadonlyMap<string, Change>
  create(timing: Timing, delayMs?: number): Change
  update(job: Change, what: { readonly timing?: Timing; readonly params?: string }, delayMs?: number): void
  changeCalendars(job: Change, calendars: Timing['calendars'], delayMs?: number): void
  pause(job: Change, untilMs: number | null, delayMs?: number): void
  /** @param atMs the end of the pause, when that was to come by itself */
  resume(job: Change, atMs?: number, delayMs?: number): void
  archive(job: Change, delayMs?: number): void
  trigger(job: Change, delayMs?: number): void
  backfill(job: Change, asked: Omit<AskedBackfill, 'id'>, delayMs?: number): void
  cancel(job: Change, backfill: AskedBackfill, delayMs?: number): void
}

const JOB_CHANGED = 'carillon.jobs.JobChanged'
const WORKSPACE = 'workspace'

/** Opens the desk of a world. */
export function openJobsDesk({ post, nowMs, time, trace }: WhenWorld): JobsDesk {
  const changes: Change[] = []
  const jobs = new Map<string, Change>()
  let asked = 0

  function tell(change: Change, delayMs = 0): Change {
    changes.push(change)
    jobs.set(change.jobId, change)
    const { jobId, version, kind } = change
    const said = JSON.stringify(Object.fromEntries(saidOf(change)))
    trace.push(`${new Date(change.atMs).toISOString()} ${jobId} v${version} ${kind} ${said}`)
    const value = schemas.frame(schemas.idOf(JOB_CHANGED), schemas.encode(JOB_CHANGED, recordOf(change)))
    const headers = { stream: `job-${jobId}`, version: String(version), previous: String(version - 1) }
    post.send({ key: jobId, value, headers }, time.nowMs() + delayMs)
    return change
  }

  function changed(job: Change, kind: Change['kind'], fields: Partial<Change>, delayMs?: number): void {
    const same = { ...job, kind, version: job.version + 1, atMs: nowMs(), trigger: null, backfill: null }
    tell({ ...same, ...fields }, delayMs)
  }

  return {
    changes,
    jobs,
    create(timing, delayMs) {
      const atMs = nowMs()
      const jobId = `job-${jobs.size + 1}`
      const free = { pausedUntilMs: null, pauseNote: '', trigger: null, backfill: null } as const
      const created = { jobId, version: 1, kind: 'CREATED', params: '{}', state: 'ACTIVE' } as const
      return tell({ ...created, ...free, atMs, sinceMs: atMs, timing }, delayMs)
    },
    update(job, { timing = job.timing, params = job.params }, delayMs) {
      const isNew = timing.schedule !== job.timing.schedule
      changed(job, 'UPDATED', { timing, params, sinceMs: isNew ? nowMs() : job.sinceMs }, delayMs)
    },
    changeCalendars(job, calendars, delayMs) {
      changed(job, 'CALENDARS_CHANGED', { timing: { ...job.timing, calendars } }, delayMs)
    },
    pause(job, pausedUntilMs, delayMs) {
      changed(job, 'PAUSED', { state: 'PAUSED', pausedUntilMs, pauseNote: `note ${job.version}` }, delayMs)
    },
    resume(job, atMs = nowMs(), delayMs = 0) {
      const free = { state: 'ACTIVE', pausedUntilMs: null, pauseNote: '' } as const
      changed(job, 'RESUMED', { ...free, atMs, sinceMs: atMs }, delayMs)
    },
    archive: (job, delayMs) => changed(job, 'ARCHIVED', { state: 'ARCHIVED' }, delayMs),
    trigger(job, delayMs) {
      asked += 1
      const trigger = {
        key: `k${asked}`,
        executionId: `execution-${asked}`,
        params: JSON.stringify({ key: asked }),
        atMs: nowMs(),
      }
      changed(job, 'TRIGGERED', { trigger }, delayMs)
    },
    backfill(job, range, delayMs) {
      asked += 1
      changed(job, 'BACKFILL_REQUESTED', { backfill: { ...range, id: `b${asked}` } }, delayMs)
    },
    cancel: (job, backfill, delayMs) => changed(job, 'BACKFILL_CANCELLED', { backfill }, delayMs),
  }
}

/** What is worth telling of a change: whatever is not as by default. */
function saidOf({ timing, pausedUntilMs, backfill }: Change): readonly (readonly [string, unknown])[] {
  const usual: Readonly<Record<string, unknown>> = { ...defaultTimingOptions }
  const said = Object.entries(timing).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]))
  const until = pausedUntilMs === null ? [] : [['until', new Date(pausedUntilMs)] as const]
  return [...said, ...until, ...(backfill ? [['backfill', backfill] as const] : [])]
}

/** As the jobs service tells of it. */
function recordOf(change: Change): JobChanged {
  const { jobId, version, kind, timing, params, state, atMs, sinceMs, pausedUntilMs, pauseNote } = change
  const { schedule, startAtMs, endAtMs, calendars, ...options } = timing
  const { trigger, backfill } = change
  return {
    ...jobChangedDefaults,
    jobId,
    workspaceId: WORKSPACE,
    ownerId: 'owner',
    version,
    change: kind,
    name: 'a job',
    jobType: 'ECHO',
    schedule,
    params,
    state,
    scheduledSince: new Date(sinceMs),
    trigger: trigger && {
      executionId: trigger.executionId,
      key: trigger.key,
      params: trigger.params,
      overlap: null,
      triggeredAt: new Date(trigger.atMs),
      follows: null,
    },
    timing: {
      ...options,
      startAt: dateOf(startAtMs),
      endAt: dateOf(endAtMs),
      calendars: calendars.map(({ rules, ...use }) => ({ ...use, rules: JSON.stringify(rules) })),
    },
    pausedUntil: dateOf(pausedUntilMs),
    pauseNote,
    backfill: backfill && {
      backfillId: backfill.id,
      from: new Date(backfill.fromMs),
      to: new Date(backfill.toMs),
      rerun: backfill.rerun,
      firesPerMinuteMax: backfill.firesPerMinuteMax,
      overlap: null,
      requestedAt: new Date(atMs),
    },
    recordedAt: new Date(atMs),
  }
}

function dateOf(atMs: number | null): Date | null {
  return atMs === null ? null : new Date(atMs)
}
