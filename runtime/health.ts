import type { Database } from '#platform/database'
import type { Messaging } from '#platform/messaging'
import type { Health } from '#services/gateway'

/** What health looks at. */
export interface HealthParts {
  readonly databases: readonly Database[]
  readonly messaging: Messaging
}

const GROUPS = ['jobs', 'scheduler', 'executions']
const LAG_RECORDS_MAX = 5_000

/** Asks every database for a row and every consumer for its lag. Degraded: work goes on, but late. */
export function embeddedHealth({ databases, messaging }: HealthParts): () => Promise<Health> {
  return async () => {
    const checks: Record<string, unknown> = {}
    let status: Health['status'] = 'ok'
    for (const database of databases) {
      const answers = await database.reader.get('select 1 as one').then(
        () => true,
        () => false,
      )
      checks[`database.${database.name}`] = answers ? 'ok' : 'down'
      if (!answers) status = 'down'
    }
    for (const group of GROUPS) {
      const lag = await messaging.lag(group)
      checks[`lag.${group}`] = lag
      if (lag > LAG_RECORDS_MAX && status === 'ok') status = 'degraded'
    }
    return { status, checks }
  }
}
