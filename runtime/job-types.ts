import { checkParams, jobTypes } from '#services/executor'
import type { JobTypes } from '#services/jobs'

/** The executor's tasks, as jobs must know them: a service never imports another one. */
export function executorJobTypes(): JobTypes {
  return { names: jobTypes.map(({ name }) => name), describe: () => jobTypes, checkParams }
}
