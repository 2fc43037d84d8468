import { DatabaseSync } from 'node:sqlite'
import {
  type CheckedLimits,
  checkLimits,
  EVENTS_IN_ORDER,
  loggedEventOf,
} from '../../subgraphs/executions/testing/check-limits.ts'
import type { Finding } from './checker.ts'

const ALL_MAX = 20

/** What the operator of a fault run says: few at a time, so that what is caught up after a death has to wait. */
export const LIMITED = { CONCURRENCY_MAX: String(ALL_MAX) }

/** What every second job of a fault run says. */
export const LIMITED_JOB = { concurrencyKey: 'params.method', concurrencyMax: 8 }

const LIMITS: CheckedLimits = { concurrencyMax: ALL_MAX, concurrencyMaxOfType: new Map() }

/** Looks in the events of executions, over all lives, for a limit that was exceeded, and for places that nothing gave back. */
export function limitFindings(file: string): readonly Finding[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare(EVENTS_IN_ORDER).all() as { stream: string; payload: string }[]
  const held = database.prepare(`select execution_id from slots where execution_id <> ''`).all()
  database.close()
  const over = checkLimits(rows.map(loggedEventOf), LIMITS)
  return [
    ...over.map((what) => ({ kind: 'LIMIT_EXCEEDED', what }) as const),
    ...held.map((row) => ({ kind: 'SLOT_KEPT', what: JSON.stringify(row) }) as const),
  ]
}
