import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import type { Messaging } from '#platform/messaging'
import type { Health } from '#services/gateway'

/** What the health of one service's process looks at. */
export interface ServiceHealthParts {
  readonly clock: Pick<Clock, 'sleep'>
  readonly database: Database
  readonly messaging: Pick<Messaging, 'lag'>
  /** Its consumer groups. */
  readonly groups: readonly string[]
}

const LOOK_MS_MAX = 1_000
const LAG_RECORDS_MAX = 5_000

/** Down when the database does not answer; degraded when Kafka does not, or work is late: what is asked is answered. */
export function serviceHealth({ clock, database, messaging, groups }: ServiceHealthParts): () => Promise<Health> {
  return async () => {
    const [now, ...lags] = await Promise.all([
      within(clock, database.now()),
      ...groups.map((group) => within(clock, messaging.lag(group))),
    ])
    const isDown = now === undefined || !database.takesWrites
    const checks: Record<string, unknown> = { [`database.${database.name}`]: isDown ? 'down' : 'ok' }
    for (const [index, group] of groups.entries()) checks[`lag.${group}`] = lags[index] ?? 'unknown'
    if (isDown) return { status: 'down', checks }
    const isLate = lags.some((lag) => lag === undefined || lag > LAG_RECORDS_MAX)
    return { status: isLate ? 'degraded' : 'ok', checks }
  }
}

/** What comes in time; nothing for what fails or takes too long. */
async function within<T>(clock: Pick<Clock, 'sleep'>, looking: Promise<T>): Promise<T | undefined> {
  const over = new AbortController()
  try {
    return await Promise.race([looking, clock.sleep(LOOK_MS_MAX, over.signal).then(() => undefined)])
  } catch {
    return undefined
  } finally {
    over.abort()
  }
}
