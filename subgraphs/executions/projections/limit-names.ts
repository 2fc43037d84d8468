/** The operator's limit over all. */
export const GLOBAL_LIMIT = 'global'

/** What the names of the limits of job types begin with. Names of keys are hashes, and have no `=`. */
export const TYPE_LIMIT_PREFIX = 'jobType='

/** The operator's limit of a job type. */
export function typeLimit(jobType: string): string {
  return `${TYPE_LIMIT_PREFIX}${jobType}`
}

/** Whether a limit is that of a job type. */
export function isTypeLimit(limitKey: string): boolean {
  return limitKey.startsWith(TYPE_LIMIT_PREFIX)
}
