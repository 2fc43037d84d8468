import type { Clock } from '#platform/clock'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { Log } from '#platform/telemetry'
import type { Instance, Instances } from './instances.ts'

const PROBE_EVERY_MS = 1_000
const PROBE_JITTER = 0.2
// Longer than a health check that waits for a broker which is away: what is asked of the database is answered meanwhile.
const PROBE_MS_MAX = 2_000
const SILENT_PROBES_MAX = 2
/** The same where nobody else could be asked: it may only be slow, and then an answer that comes late is better than none. */
const LAST_SILENT_PROBES_MAX = 6

/**
 * Asks every instance about once a second whether it is ready.
 *
 * One that is not, or does not answer, is asked nothing more until it is well again, unless all are so. One that stays
 * silent is given up: the queries that wait for it go elsewhere. So a process that is stopped, and refuses nothing, delays
 * them and no more.
 */
export function startProbe(instances: Instances, clock: Clock, log: Log): Loop {
  return startLoop({
    clock,
    pollMs: PROBE_EVERY_MS,
    async runOnce() {
      await Promise.all(instances.all().map((instance) => probe(instances, instance, clock)))
      // Many gateways must not ask in step.
      return PROBE_EVERY_MS * (1 - PROBE_JITTER * clock.random())
    },
    onError: (error) => log.error('subgraph.probe_failed', { err: error }),
  })
}

async function probe(instances: Instances, instance: Instance, clock: Clock): Promise<void> {
  const late = new AbortController()
  const done = new AbortController()
  void clock.sleep(PROBE_MS_MAX, done.signal).then(() => late.abort())
  try {
    const request = { method: 'GET', path: '/health/ready', signal: late.signal } as const
    const { statusCode, body } = await instance.streams.request(request)
    await body.dump()
    instance.silentProbes = 0
    if (statusCode === 200) instances.answered(instance)
    else instances.lost(instance, new Error(`it is not ready: ${statusCode}`))
  } catch (error) {
    instances.lost(instance, error)
    instance.silentProbes = late.signal.aborted ? instance.silentProbes + 1 : SILENT_PROBES_MAX
    const isOnly = late.signal.aborted && !instances.all().some((other) => instances.isWell(other))
    if (instance.silentProbes < (isOnly ? LAST_SILENT_PROBES_MAX : SILENT_PROBES_MAX)) return
    for (const giveUp of instance.waiting) giveUp()
  } finally {
    done.abort()
  }
}
