import { z } from 'zod'
import type { Spans } from '#services/executions'

const DAY_MS = 24 * 3_600_000
const KEPT_DAYS_MAX = 36_500
// Longer than any outage after which a scheduler still decides.
const LEDGER_DAYS_MIN = 7

function days(min: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number of days')
    .transform(Number)
    .pipe(z.number().min(min).max(KEPT_DAYS_MAX))
    .optional()
}

/** For how many days what is over is kept. For ever where not set. */
export const keptEnvironment = z.object({
  /** Executions, from their end, where workspace and job say nothing. */
  EXECUTIONS_KEPT_DAYS: days(1),
  /** The same for their logs. */
  LOGS_KEPT_DAYS: days(1),
  /** What became of nominal times, and what was missed. */
  LEDGER_KEPT_DAYS: days(LEDGER_DAYS_MIN),
})

/** How long what is over is kept. Null is for ever. */
export interface KeptConfig {
  readonly kept: Spans
  readonly ledgerKeptMs: number | null
}

/** The configuration out of variables that were checked. */
export function keptConfig(data: z.output<typeof keptEnvironment>): KeptConfig {
  const kept = { executionsMs: spanMs(data.EXECUTIONS_KEPT_DAYS), logsMs: spanMs(data.LOGS_KEPT_DAYS) }
  return { kept, ledgerKeptMs: spanMs(data.LEDGER_KEPT_DAYS) }
}

function spanMs(wholeDays: number | undefined): number | null {
  return wholeDays === undefined ? null : wholeDays * DAY_MS
}
