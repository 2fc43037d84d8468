import type { Database } from '#platform/database'
import type { Health } from '#services/gateway'
import type { EngineReport } from './engine-messages.ts'

/** What health looks at. */
export interface HealthParts {
  /** The databases of this thread. */
  readonly databases: readonly Database[]
  /** How many records each consumer of this thread has still to take. */
  lag(): Promise<Readonly<Record<string, number>>>
  /** What the other thread says of itself; null when it does not. */
  engine(): Promise<EngineReport | null>
}

const LAG_RECORDS_MAX = 5_000

/** Whether databases take writes, as of the last transaction of each. */
export function takingWrites(databases: readonly Database[]): Readonly<Record<string, boolean>> {
  return Object.fromEntries(databases.map(({ name, takesWrites }) => [name, takesWrites]))
}

/** Down when something cannot be written; degraded when work goes on, but late. */
export function embeddedHealth({ databases, lag, engine }: HealthParts): () => Promise<Health> {
  return async () => {
    const report = await engine()
    const writable = { ...takingWrites(databases), ...report?.databases }
    const lags = { ...(await lag()), ...report?.lag }
    const isLate = Object.values(lags).some((records) => records > LAG_RECORDS_MAX)
    const isDown = report === null || Object.values(writable).includes(false)
    const checks = {
      engine: report === null ? 'down' : 'ok',
      ...named('database', writable, (takesWrites) => (takesWrites ? 'ok' : 'down')),
      ...named('lag', lags, (records) => records),
    }
    if (isDown) return { status: 'down', checks }
    return { status: isLate ? 'degraded' : 'ok', checks }
  }
}

function named<Value>(
  prefix: string,
  values: Readonly<Record<string, Value>>,
  show: (value: Value) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, show(value)]))
}
