import type { Database } from '#platform/database'
import type { Health } from '#services/gateway'

/** What health looks at. */
export interface HealthParts {
  readonly databases: readonly Database[]
  /** How many records each consumer has still to take. */
  lags(): Promise<Readonly<Record<string, number>>>
}

const LAG_RECORDS_MAX = 5_000

/** Asks databases for a row, and consumers how far they are behind. Degraded: work goes on, but late. */
export function embeddedHealth({ databases, lags }: HealthParts): () => Promise<Health> {
  return async () => {
    const checks: Record<string, unknown> = {}
    let status: Health['status'] = 'ok'
    for (const [consumer, lag] of Object.entries(await lags())) {
      checks[`lag.${consumer}`] = lag
      if (lag > LAG_RECORDS_MAX) status = 'degraded'
    }
    for (const { name, reader } of databases) {
      const answers = await reader.get('select 1 as one').then(
        () => true,
        () => false,
      )
      checks[`database.${name}`] = answers ? 'ok' : 'down'
      if (!answers) status = 'down'
    }
    return { status, checks }
  }
}
