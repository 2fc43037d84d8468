import type { ExecutionPolicy } from './policy.ts'

const PRIORITY_MAX = 9

/** The order of priorities as an index keeps it: 0 is started first. */
export function priorityRank({ priority }: Pick<ExecutionPolicy, 'priority'>): number {
  return PRIORITY_MAX - priority
}

/** Whether a job limits its executions itself. All others take nothing and wait for nothing. */
export function isFlowLimited({ concurrencyMax, rate }: Pick<ExecutionPolicy, 'concurrencyMax' | 'rate'>): boolean {
  return concurrencyMax !== null || rate !== null
}

/**
 * Under which key executions of a workspace share their limits, for people: `params.customer=acme`, or `job=…` where the job
 * names no path or its params have nothing there.
 *
 * @param params JSON text
 */
export function flowKeyOf({ concurrencyKey }: ExecutionPolicy, params: string, jobId: string): string {
  const value = concurrencyKey === null ? undefined : valueAt(JSON.parse(params), concurrencyKey)
  if (value === undefined || value === null) return `job=${jobId}`
  return `${concurrencyKey}=${typeof value === 'string' ? value : JSON.stringify(value)}`
}

function valueAt(params: unknown, path: string): unknown {
  const [, ...names] = path.split('.')
  return names.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    params,
  )
}
