import { GLOBAL_LIMIT, typeLimit } from '../projections/limit-names.ts'

/** What the operator sets: how much may run at a time, and how workspaces share it. */
export interface FlowConfig {
  /** How many executions run at a time in all. Null is without limit. */
  readonly concurrencyMax: number | null
  /** How many of a job type run at a time. */
  readonly concurrencyMaxOfType: ReadonlyMap<string, number>
  /** How much a workspace weighs where several wait; 1 when it is not named. */
  readonly weights: ReadonlyMap<string, number>
}

/** No limit, and all alike. */
export const OPEN_FLOW: FlowConfig = { concurrencyMax: null, concurrencyMaxOfType: new Map(), weights: new Map() }

/** The limits of the operator for a job type, the one over all first. */
export function sharedLimits({ concurrencyMax, concurrencyMaxOfType }: FlowConfig, jobType: string): readonly string[] {
  const ofType = concurrencyMaxOfType.has(jobType) ? [typeLimit(jobType)] : []
  return concurrencyMax === null ? ofType : [GLOBAL_LIMIT, ...ofType]
}

/** How many executions each limit of the operator lets run at a time. */
export function sharedMaxima({ concurrencyMax, concurrencyMaxOfType }: FlowConfig): ReadonlyMap<string, number> {
  const ofTypes = [...concurrencyMaxOfType].map(([jobType, max]) => [typeLimit(jobType), max] as const)
  return new Map(concurrencyMax === null ? ofTypes : [[GLOBAL_LIMIT, concurrencyMax], ...ofTypes])
}
