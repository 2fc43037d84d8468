import type { JobTypes } from '#services/jobs'
import { checkParams, jobTypes } from '#services/executor'

/** The executor's tasks, as jobs must know them: a service never imports another one. */
export function executorJobTypes(): JobTypes {
  return { names: jobTypes.map(({ name }) => name), describe: () => jobTypes, checkParams }
}
