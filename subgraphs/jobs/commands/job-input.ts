import { checkedLine, DomainError } from '#platform/domain'
import { DEFAULT_POLICY, defaultPolicy, policyOf } from '#platform/policy'
import { defaultTimingOptions, nextAfter, type Timing, type TimingOptions, timetableOf } from '#platform/schedule'
import type { AfterJob, AfterJobOn } from '../domain/after-job.ts'
import type { Job } from '../domain/job.ts'
import type { JobTypes } from '../parts.ts'
import { type KnownCalendars, noCalendars } from '../projections/calendars.ts'
import { scheduleCheck } from './checked-schedule.ts'
import { checkedPolicy, type PolicyInput } from './policy-input.ts'
import { type Attempt, gatherRefusals, refusalOf } from './refusals.ts'
import { checkedTiming, type TimingInput } from './timing-input.ts'

/** Which job it follows, as somebody asks for it. A null lets it follow none. */
export interface ChainInput {
  readonly afterJob?: { readonly jobId: string; readonly on?: AfterJobOn | null | undefined } | null | undefined
}

/** A job as somebody asks for it. */
export interface CreateJobInput extends TimingInput, PolicyInput, ChainInput {
  /** Made from jobType and schedule when left out. */
  readonly name?: string | null | undefined
  readonly jobType: string
  readonly schedule: string
  readonly params?: unknown
  /** The same key with the same input gives the same job again, however often it is sent. */
  readonly idempotencyKey?: string | null | undefined
}

/** What is to change. What is left out stays; so does what is null, unless it may be empty. */
export interface ChangeJobInput extends TimingInput, PolicyInput, ChainInput {
  readonly name?: string | null | undefined
  readonly schedule?: string | null | undefined
  readonly params?: unknown
}

/** A job to create, found good. */
export interface CheckedJob {
  readonly name: string
  readonly jobType: string
  readonly schedule: string
  /** JSON. */
  readonly params: string
  readonly timing: TimingOptions
  readonly pauseOnFailures: number | null
  /** JSON text. */
  readonly policy: string
  readonly afterJob: AfterJob | null
}

/** What is to change, found good; what stays is not there. */
export interface CheckedChange {
  readonly name?: string
  readonly schedule?: string
  readonly params?: string
  readonly timing: Partial<TimingOptions>
  readonly pauseOnFailures?: number | null
  readonly policy?: string
  readonly afterJob?: AfterJob | null
}

/** What came of checking an input: the job, or every refusal. */
export type CheckedInput = { readonly job: CheckedJob } | { readonly refusals: readonly DomainError[] }

/** Checks inputs. */
export interface InputChecker {
  /** @param jobId which job it will be: what `H` stands for follows from it */
  job(input: CreateJobInput, jobId: string): CheckedInput
  /** @throws {DomainError} INVALID_SCHEDULE, INVALID_TIME_ZONE, INVALID_PARAMS, UNKNOWN_CALENDAR, BAD_USER_INPUT */
  change(input: ChangeJobInput, current: Job): CheckedChange
  /** @throws {DomainError} UNKNOWN_JOB_TYPE, INVALID_PARAMS */
  params(jobType: string, params: unknown): string
}

const NAME_LENGTH_MAX = 200
const PARAMS_BYTES_MAX = 64 * 1024

/**
 * Makes a checker.
 *
 * @param now decides which schedules are over
 * @param calendars those that the inputs name, as they are now
 */
export function inputChecker(jobTypes: JobTypes, now: Date, calendars: KnownCalendars = noCalendars): InputChecker {
  const checkSchedule = scheduleCheck(now)
  const types = new Set(jobTypes.names)
  const params = (jobType: string, value: unknown): string => {
    if (!types.has(jobType)) throw unknownJobType(jobType, jobTypes)
    return checkedParams(jobTypes, jobType, value ?? {})
  }

  return {
    params,

    job({ name: wanted, jobType, schedule: text, params: value, afterJob, ...rest }, jobId) {
      const { attempt, refusals } = gatherRefusals()
      const name = attempt(() => checkedName(wanted ?? nameFor(jobType, text)))
      const changes = checkedTiming(rest, attempt, calendars)
      const timing = { ...defaultTimingOptions, ...changes.timing }
      const schedule = attempt(() => checkSchedule({ ...withGoodWindow(timing, attempt), schedule: text }, jobId))
      const json = attempt(() => params(jobType, value))
      const policy = checkedPolicy(rest, attempt, defaultPolicy) ?? DEFAULT_POLICY
      if (name === undefined || schedule === undefined || json === undefined || refusals.length > 0) return { refusals }
      const pauseOnFailures = changes.pauseOnFailures ?? null
      const checked = { name, jobType, schedule, params: json, timing, pauseOnFailures, policy }
      return { job: { ...checked, afterJob: afterJob ? followed(afterJob) : null } }
    },

    change({ name, schedule: text, params: value, afterJob, ...rest }, current) {
      const { attempt, refusals } = gatherRefusals()
      const named = name == null ? undefined : attempt(() => checkedName(name))
      const changes = checkedTiming(rest, attempt, calendars)
      const timing = withGoodWindow({ ...current.timing, ...changes.timing }, attempt)
      const whole = { ...timing, schedule: text ?? current.schedule }
      // One that is over may stay: only a new one must have a future.
      if (isFutureInQuestion(whole, current)) {
        attempt(() => checkSchedule(whole, current.id) && checkLiesAhead(whole, now, current.id))
      }
      const json = value == null ? undefined : attempt(() => params(current.jobType, value))
      const policy = checkedPolicy(rest, attempt, policyOf(current.policy))
      if (refusals.length > 0) throw refusalOf(refusals)
      return {
        ...changes,
        ...(named !== undefined && { name: named }),
        ...(text != null && { schedule: text.trim() }),
        ...(json !== undefined && { params: json }),
        ...(policy !== undefined && { policy }),
        ...(afterJob !== undefined && { afterJob: afterJob && followed(afterJob) }),
      }
    },
  }
}

function followed({ jobId, on }: NonNullable<ChainInput['afterJob']>): AfterJob {
  return { jobId, on: on ?? 'SUCCESS' }
}

/** The name of a job that was given none: a schedule may have been written over several lines. */
function nameFor(jobType: string, schedule: string): string {
  return `${jobType} ${schedule.trim()}`.replaceAll(/[\s\p{Cc}]+/gu, ' ').slice(0, NAME_LENGTH_MAX)
}

function checkedName(name: string): string {
  return checkedLine(name.trim(), { called: 'a name', lengthMax: NAME_LENGTH_MAX, details: { path: 'name' } })
}

function checkedParams(jobTypes: JobTypes, jobType: string, given: unknown): string {
  const errors = jobTypes.checkParams(jobType, given)
  if (errors.length > 0) throw invalidParams(jobType, errors)
  const json = JSON.stringify(given)
  if (json.length * 3 > PARAMS_BYTES_MAX && Buffer.byteLength(json) > PARAMS_BYTES_MAX) {
    const message = `must not be larger than ${PARAMS_BYTES_MAX} bytes of JSON`
    throw invalidParams(jobType, [{ path: 'params', message }])
  }
  return json
}

/** The timing, without its window if that is none: whatever else is wrong is told as well. */
function withGoodWindow(timing: TimingOptions, attempt: Attempt): TimingOptions {
  const { startAtMs, endAtMs } = timing
  if (startAtMs === null || endAtMs === null || endAtMs >= startAtMs) return timing
  attempt(() => {
    const message = `endAt must be later than startAt, ${new Date(startAtMs).toISOString()}`
    throw new DomainError('BAD_USER_INPUT', message, { path: 'endAt' })
  })
  return { ...timing, startAtMs: null, endAtMs: null }
}

const DECIDES_WHEN = ['timeZone', 'startAtMs', 'endAtMs', 'dstGap', 'dstOverlap'] as const

function isFutureInQuestion(timing: Timing, { schedule, timing: before }: Job): boolean {
  if (timing.schedule.trim() !== schedule) return true
  return schedule !== '@now' && DECIDES_WHEN.some((field) => timing[field] !== before[field])
}

/** A new job may be a little late for its `@at`; an edit counts from now, so an instant that has passed would never come. */
function checkLiesAhead(timing: Timing, now: Date, seed: string): void {
  const timetable = timetableOf(timing, now, seed)
  const { schedule } = timetable
  if (schedule.kind !== 'at' || nextAfter(timetable, now) !== null) return
  const message = `${schedule.at.toISOString()} has passed; an edit needs a time ahead, and triggerJob runs a job now`
  throw new DomainError('INVALID_SCHEDULE', message, { path: 'schedule', position: 0 })
}

function unknownJobType(jobType: string, { names: known, notOffered = {} }: JobTypes): DomainError {
  const why = Object.hasOwn(notOffered, jobType) ? notOffered[jobType] : undefined
  if (why) return new DomainError(why.code, why.message, { path: 'jobType', known })
  const message = `there is no job type ${jobType.slice(0, NAME_LENGTH_MAX)}; there are ${known.join(', ')}`
  return new DomainError('UNKNOWN_JOB_TYPE', message, { path: 'jobType', known })
}

function invalidParams(
  jobType: string,
  errors: readonly { readonly path: string; readonly message: string }[],
): DomainError {
  const first = errors[0]
  return new DomainError('INVALID_PARAMS', `${jobType}: ${first?.path} ${first?.message}`, { errors })
}
