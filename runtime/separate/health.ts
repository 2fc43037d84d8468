import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import type { Messaging } from '#platform/messaging'
import type { RegistrySchemas } from '#platform/schemas'
import type { Health } from '#services/gateway'

/** What the health of one service's process looks at. */
export interface ServiceHealthParts {
  readonly clock: Pick<Clock, 'sleep'>
  readonly database: Database
  readonly messaging: Pick<Messaging, 'lag'>
  readonly schemas: Pick<RegistrySchemas, 'isRegistryThere'>
  /** Its consumer groups. */
  readonly groups: readonly string[]
}

const LOOK_MS_MAX = 1_000
const LAG_RECORDS_MAX = 5_000

/**
 * Down when the database refuses; degraded when it is slow, Kafka or the registry does not answer, or work is late: what is
 * asked is answered. Who is down is asked nothing more, and a slow database is the same for all processes of a service.
 */
export function serviceHealth({
  clock,
  database,
  messaging,
  schemas,
  groups,
}: ServiceHealthParts): () => Promise<Health> {
  return async () => {
    const [now, isThere, ...lags] = await Promise.all([
      within(clock, database.now()),
      within(clock, schemas.isRegistryThere()),
      ...groups.map((group) => within(clock, messaging.lag(group))),
    ])
    const isDown = now === FAILED || !database.takesWrites
    const isSlow = now === SLOW
    const checks: Record<string, unknown> = { [`database.${database.name}`]: databaseState(isDown, isSlow) }
    for (const [index, group] of groups.entries()) checks[`lag.${group}`] = known(lags[index]) ?? 'unknown'
    const isRegistryAway = isThere !== true
    checks['registry'] = isRegistryAway ? 'away' : 'ok'
    if (isDown) return { status: 'down', checks }
    const isLate = lags.some((lag) => (known(lag) ?? Number.POSITIVE_INFINITY) > LAG_RECORDS_MAX)
    return { status: isLate || isSlow || isRegistryAway ? 'degraded' : 'ok', checks }
  }
}

function databaseState(isDown: boolean, isSlow: boolean): string {
  if (isDown) return 'down'
  return isSlow ? 'slow' : 'ok'
}

const FAILED = 'failed'
const SLOW = 'slow'

type Missing = typeof FAILED | typeof SLOW

/** What comes in time. */
async function within<T>(clock: Pick<Clock, 'sleep'>, looking: Promise<T>): Promise<T | Missing> {
  const over = new AbortController()
  const late = clock.sleep(LOOK_MS_MAX, over.signal).then((): Missing => SLOW)
  try {
    return await Promise.race([looking, late])
  } catch {
    return FAILED
  } finally {
    over.abort()
  }
}

function known(lag: number | Missing | undefined): number | undefined {
  return typeof lag === 'number' ? lag : undefined
}
