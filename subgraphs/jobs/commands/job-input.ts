import { DomainError, type ErrorCode, isDomainError } from '#platform/domain'
import { checkNewSchedule, parseSchedule } from '#platform/schedule'
import type { JobTypes } from '../parts.ts'

/** A job as somebody asks for it. */
export interface CreateJobInput {
  /** Made from jobType and schedule when left out. */
  readonly name?: string | null | undefined
  readonly jobType: string
  readonly schedule: string
  readonly params?: unknown
}

/** The same, found good. */
export interface CheckedJob {
  readonly name: string
  readonly jobType: string
  readonly schedule: string
  /** JSON. */
  readonly params: string
}

/** Something wrong with a field of an input. */
export interface InputError {
  /** The field, such as `schedule` or `params.reportType`. */
  readonly path: string
  readonly code: ErrorCode
  readonly message: string
}

/** What came of checking an input: the job, or every refusal. */
export type CheckedInput = { readonly job: CheckedJob } | { readonly refusals: readonly DomainError[] }

/** Checks inputs; remembers what it found of a schedule's text, since thousands of jobs share a few. */
export interface InputChecker {
  job(input: CreateJobInput): CheckedInput
  /** @throws {DomainError} BAD_USER_INPUT */
  name(name: string): string
  /** @throws {DomainError} INVALID_SCHEDULE */
  schedule(text: string): string
  /** @throws {DomainError} UNKNOWN_JOB_TYPE, INVALID_PARAMS */
  params(jobType: string, params: unknown): string
}

const NAME_LENGTH_MAX = 200
const PARAMS_BYTES_MAX = 64 * 1024

/** Makes a checker. @param now decides which schedules are over */
export function inputChecker(jobTypes: JobTypes, now: Date): InputChecker {
  const schedules = new Map<string, string | DomainError>()
  const types = new Set(jobTypes.names)

  function schedule(text: string): string {
    let known = schedules.get(text)
    if (known === undefined) {
      known = outcomeOf(() => checkedSchedule(text, now))
      schedules.set(text, known)
    }
    if (isDomainError(known)) throw known
    return known
  }

  function params(jobType: string, value: unknown): string {
    if (!types.has(jobType)) throw unknownJobType(jobType, jobTypes.names)
    const given = value ?? {}
    const errors = jobTypes.checkParams(jobType, given)
    if (errors.length > 0) throw invalidParams(jobType, errors)
    const json = JSON.stringify(given)
    if (json.length * 3 > PARAMS_BYTES_MAX && Buffer.byteLength(json) > PARAMS_BYTES_MAX) {
      const message = `must not be larger than ${PARAMS_BYTES_MAX} bytes of JSON`
      throw invalidParams(jobType, [{ path: 'params', message }])
    }
    return json
  }

  return {
    name: checkedName,
    schedule,
    params,
    job({ name, jobType, schedule: text, params: value }) {
      const refusals: DomainError[] = []
      const attempt = (check: () => string): string => {
        const outcome = outcomeOf(check)
        if (!isDomainError(outcome)) return outcome
        refusals.push(outcome)
        return ''
      }
      const checked = {
        name: attempt(() => checkedName(name ?? `${jobType} ${text.trim()}`.slice(0, NAME_LENGTH_MAX))),
        jobType,
        schedule: attempt(() => schedule(text)),
        params: attempt(() => params(jobType, value)),
      }
      return refusals.length > 0 ? { refusals } : { job: checked }
    },
  }
}

/** The fields that a refusal of an input is about. */
export function inputErrors({ code, message, details }: DomainError): readonly InputError[] {
  if (code !== 'INVALID_PARAMS') return [{ path: String(details['path']), code, message }]
  const errors = details['errors'] as readonly { readonly path: string; readonly message: string }[]
  return errors.map((error) => ({ ...error, code }))
}

function outcomeOf(check: () => string): string | DomainError {
  try {
    return check()
  } catch (error) {
    if (isDomainError(error)) return error
    throw error
  }
}

function checkedName(name: string): string {
  const trimmed = name.trim()
  if (trimmed.length > 0 && trimmed.length <= NAME_LENGTH_MAX) return trimmed
  throw new DomainError('BAD_USER_INPUT', `a name has from 1 to ${NAME_LENGTH_MAX} characters`, { path: 'name' })
}

function checkedSchedule(text: string, now: Date): string {
  try {
    checkNewSchedule(parseSchedule(text), now)
    return text.trim()
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw new DomainError(error.code, error.message, { ...error.details, path: 'schedule' })
  }
}

function unknownJobType(jobType: string, known: readonly string[]): DomainError {
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
