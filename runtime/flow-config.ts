import { z } from 'zod'
import { WEIGHT_MAX } from '#platform/policy'
import type { FlowConfig } from '#services/executions'

const CONCURRENCY_MAX_MAX = 10_000

/** What may run at a time, and how workspaces share it: the variables that executions and executors read. */
export const flowEnvironment = z.object({
  /** How many executions run at a time in all; without limit when left out. */
  CONCURRENCY_MAX: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= CONCURRENCY_MAX_MAX, {
      error: `must be a whole number from 1 to ${CONCURRENCY_MAX_MAX}`,
    })
    .transform(Number)
    .optional(),
  /** How many executions of a job type run at a time: `HTTP=50,REPORT=2`. */
  JOB_TYPE_CONCURRENCY_MAX: shares('job types', CONCURRENCY_MAX_MAX),
  /** How much workspaces weigh where several wait; 1 when not named: `<id of the workspace>=3`. */
  WORKSPACE_WEIGHTS: shares('ids of workspaces', WEIGHT_MAX),
})

/** The limits out of variables that were checked. */
export function flowConfig(data: z.output<typeof flowEnvironment>): FlowConfig {
  return {
    concurrencyMax: data.CONCURRENCY_MAX ?? null,
    concurrencyMaxOfType: data.JOB_TYPE_CONCURRENCY_MAX,
    weights: data.WORKSPACE_WEIGHTS,
  }
}

/** Numbers by name, `NAME=3,OTHER=1`; none when left out. */
function shares(names: string, max: number) {
  return z
    .string()
    .max(65_536)
    .default('')
    .transform((text) => text.split(',').filter((entry) => entry.trim() !== ''))
    .refine((entries) => entries.every((entry) => isShare(entry, max)), {
      error: `must be ${names} with a number from 1 to ${max} each, with commas between: NAME=3`,
    })
    .transform(
      (entries) => new Map(entries.map((entry) => entry.split('=')).map(([name = '', n]) => [name.trim(), Number(n)])),
    )
}

function isShare(text: string, max: number): boolean {
  const [, number] = /^\s*[\w.-]{1,100}\s*=\s*(\d{1,5})\s*$/.exec(text) ?? []
  return number !== undefined && Number(number) >= 1 && Number(number) <= max
}
