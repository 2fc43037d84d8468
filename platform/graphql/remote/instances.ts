import { Pool } from 'undici'
import type { Clock } from '#platform/clock'
import type { Log } from '#platform/telemetry'

/** One process of a service, as its clients see it. */
export interface Instance {
  /** Without a path: `http://127.0.0.1:4002`. */
  readonly url: string
  /** For answers that end soon. */
  readonly calls: Pool
  /** For event streams, each of which has a connection of its own, and for probes. */
  readonly streams: Pool
  /** Queries that wait for an answer; each is told when the instance is given up, and goes elsewhere. */
  readonly waiting: Set<() => void>
  /** Not to be asked: it was not reached, or says that it is not ready. A probe that finds it well takes this back. */
  isDown: boolean
  /** It answered what no well process answers: not before this moment, however well it looks. */
  pausedUntilMs: number
  /** Answers of that kind in a row. */
  strikes: number
  /** Probes in a row without an answer. */
  silentProbes: number
}

/** The processes of one service: which of them to ask. */
export interface Instances {
  /** The next one in turn that is well and was not tried; one of the others rather than none. */
  pick(tried: ReadonlySet<Instance>): Instance | undefined
  /** All that are listed now, the well ones first. */
  all(): readonly Instance[]
  isWell(instance: Instance): boolean
  /** It could not be reached, or broke off. */
  lost(instance: Instance, error: unknown): void
  /** It answered as no well process does. */
  failed(instance: Instance, error: unknown): void
  answered(instance: Instance): void
  close(): Promise<void>
}

/** What choosing stands on. */
export interface InstancesOptions {
  readonly name: string
  /** Where the service is now: urls without a path. Asked often, so it must be cheap. */
  addresses(): readonly string[]
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly log: Log
  /** Until an answer has begun, and then between its parts. */
  readonly timeoutMs: number
}

const PAUSE_MS_MIN = 10_000
const PAUSE_MS_MAX = 60_000
const CONNECTIONS_MAX = 128
const CONNECT_MS_MAX = 1_000
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/** Opens the choice among the processes of a service. */
export function openInstances({ name, addresses, clock, log, timeoutMs }: InstancesOptions): Instances {
  const known = new Map<string, Instance>()
  let current: readonly Instance[] = []
  let turn = 0
  let isClosed = false

  function listed(): readonly Instance[] {
    if (isClosed) return []
    const told = addresses()
    if (told.length !== current.length || told.some((url, index) => url !== current[index]?.url)) current = update(told)
    return current
  }
  function update(told: readonly string[]): readonly Instance[] {
    const urls = new Set(told.filter(isHttp))
    for (const [url, instance] of known) {
      if (urls.has(url)) continue
      known.delete(url)
      // What it is answering now is waited for.
      void Promise.allSettled([instance.calls.close(), instance.streams.close()])
    }
    return [...urls].map((url) => {
      const instance = known.get(url) ?? connect(url, timeoutMs)
      known.set(url, instance)
      return instance
    })
  }
  const isWell = ({ isDown, pausedUntilMs }: Instance): boolean => !isDown && clock.monotonicMs() >= pausedUntilMs

  return {
    isWell,
    pick(tried) {
      const untried = listed().filter((instance) => !tried.has(instance))
      const well = untried.filter(isWell)
      const candidates = well.length > 0 ? well : untried
      return candidates[turn++ % candidates.length]
    },
    all: () => listed().toSorted((one, other) => Number(isWell(other)) - Number(isWell(one))),
    lost(instance, error) {
      if (!instance.isDown) log.warn('subgraph.instance_lost', { service: name, url: instance.url, err: error })
      instance.isDown = true
    },
    failed(instance, error) {
      const pauseMs = Math.min(PAUSE_MS_MIN * 2 ** instance.strikes, PAUSE_MS_MAX)
      instance.strikes++
      instance.pausedUntilMs = clock.monotonicMs() + pauseMs
      log.warn('subgraph.instance_failed', { service: name, url: instance.url, pauseMs, err: error })
    },
    answered(instance) {
      instance.strikes = 0
      if (!instance.isDown) return
      instance.isDown = false
      log.info('subgraph.instance_back', { service: name, url: instance.url })
    },
    async close() {
      isClosed = true
      const pools = [...known.values()].flatMap(({ calls, streams }) => [calls, streams])
      known.clear()
      await Promise.allSettled(pools.map((pool) => pool.destroy()))
    },
  }
}

function connect(url: string, timeoutMs: number): Instance {
  const shared = { pipelining: 1, connect: { timeout: CONNECT_MS_MAX }, headersTimeout: timeoutMs }
  return {
    url,
    calls: new Pool(url, {
      ...shared,
      connections: CONNECTIONS_MAX,
      bodyTimeout: timeoutMs,
      maxResponseSize: ANSWER_BYTES_MAX,
    }),
    streams: new Pool(url, { ...shared, bodyTimeout: 0 }),
    waiting: new Set(),
    isDown: false,
    pausedUntilMs: 0,
    strikes: 0,
    silentProbes: 0,
  }
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'http:'
}
