import type { Database } from '#platform/database'
import type { Messaging } from '#platform/messaging'
import type { Health } from '#services/gateway'
import type { EngineClient } from './engine-client.ts'

/** What health looks at. */
export interface HealthParts {
  readonly databases: readonly Database[]
  readonly messaging: Messaging
  readonly engine: Pick<EngineClient, 'report'>
}

const LAG_RECORDS_MAX = 5_000

/** Asks databases for a row, and consumers how far they are behind. Degraded: work goes on, but late. */
export function embeddedHealth({ databases, messaging, engine }: HealthParts): () => Promise<Health> {
  return async () => {
    const checks: Record<string, unknown> = {}
    let status: Health['status'] = 'ok'
    const lags = { jobs: await messaging.lag('jobs'), ...(await engine.report()).lag }
    for (const [consumer, lag] of Object.entries(lags)) {
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
