/** What a process says of itself with a heartbeat. */
export interface Announced {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly status: 'UP' | 'DOWN' | 'STOPPING'
  readonly startedAt: Date
  readonly version: string
  /** By its own clock: to be shown, and to be compared with other heartbeats of the same process. */
  readonly heartbeatAt: Date
}

/**
 * Something that was received. `atMs` is when, by the receiver's own clock, which never goes back; `position` grows
 * along the topic, so that a record that comes twice is known.
 */
export type LeaseEvent =
  | { readonly type: 'heartbeat'; readonly atMs: number; readonly position: number; readonly instance: Announced }
  | { readonly type: 'gone'; readonly atMs: number; readonly position: number; readonly id: string }
  /** The receiver itself stood still for so long: others are not late because of that. */
  | { readonly type: 'pause'; readonly durationMs: number }

/** What is known of each process, by its id. */
export type Leases = ReadonlyMap<string, Lease>

interface Lease {
  readonly instance: Announced
  readonly position: number
  readonly firstHeardMs: number
  readonly heardMs: number
  readonly isGone: boolean
}

/** A process as it is now. */
export interface ListedInstance extends Announced {
  /** It is overdue, but over half went silent with it: it is kept, with the status that it had. */
  readonly isPreserved: boolean
}

/** The processes at one moment. */
export interface Listing {
  readonly instances: readonly ListedInstance[]
  /** Whether some are kept because over half vanished at once. */
  readonly isPreserving: boolean
  /** Ids of which nothing needs to be known any more. */
  readonly evicted: readonly string[]
}

/** A process of which nothing is heard for so long is down: three heartbeats. */
export const DOWN_AFTER_MS = 15_000
/** And after so long it is forgotten. */
export const EVICTED_AFTER_MS = 60_000
/**
 * A process counts as living once it was heard for so long. The last words of those that died long ago come all at
 * once when the topic is read from its beginning, and must not outnumber the living.
 */
const CONFIRMED_AFTER_MS = 2_500

/** The leases after an event. Events may come twice. */
export function observe(leases: Leases, event: LeaseEvent): Leases {
  switch (event.type) {
    case 'heartbeat':
      return renewed(leases, event)
    case 'gone': {
      const lease = leases.get(event.id)
      if (!lease || lease.position >= event.position) return leases
      const { position, atMs } = event
      return new Map(leases).set(event.id, { ...lease, position, heardMs: atMs, isGone: true })
    }
    case 'pause':
      return new Map([...leases].map(([id, lease]) => [id, later(lease, event.durationMs)]))
  }
}

/**
 * The processes at a moment of the receiver's own clock, by name and then in the order of their start.
 *
 * Silence of 15 s is DOWN, of 60 s the end. When over half of those that live fall silent within 15 s, it is rather the
 * way to them that broke: then they are kept as they were (Eureka's self-preservation).
 */
export function instancesAt(leases: Leases, nowMs: number): Listing {
  const living = [...leases.values()].filter(isLiving)
  const vanished = vanishedAtOnce(living.filter(({ heardMs }) => nowMs - heardMs >= DOWN_AFTER_MS))
  const preserved = new Set(vanished.length > living.length / 2 ? vanished : [])
  const instances: ListedInstance[] = []
  const evicted: string[] = []

  for (const [id, lease] of leases) {
    const silentMs = nowMs - lease.heardMs
    const isPreserved = preserved.has(lease)
    if (!isPreserved && silentMs >= EVICTED_AFTER_MS) evicted.push(id)
    else if (!lease.isGone) {
      const isDown = !isPreserved && silentMs >= DOWN_AFTER_MS
      instances.push({ ...lease.instance, isPreserved, ...(isDown && { status: 'DOWN' }) })
    }
  }
  return { instances: instances.toSorted(byNameAndStart), isPreserving: preserved.size > 0, evicted }
}

/** The leases without those that need not be known any more. */
export function without(leases: Leases, ids: readonly string[]): Leases {
  if (ids.length === 0) return leases
  const rest = new Map(leases)
  for (const id of ids) rest.delete(id)
  return rest
}

function renewed(leases: Leases, event: Extract<LeaseEvent, { type: 'heartbeat' }>): Leases {
  const { instance, position, atMs } = event
  const lease = leases.get(instance.id)
  // A topic that was made anew counts from the start again: then the process's own clock tells that it is a new one.
  const isKnown = lease && position <= lease.position && instance.heartbeatAt <= lease.instance.heartbeatAt
  if (isKnown || (lease?.isGone && position <= lease.position)) return leases
  const firstHeardMs = lease?.firstHeardMs ?? atMs
  return new Map(leases).set(instance.id, { instance, position, firstHeardMs, heardMs: atMs, isGone: false })
}

function later(lease: Lease, durationMs: number): Lease {
  return { ...lease, firstHeardMs: lease.firstHeardMs + durationMs, heardMs: lease.heardMs + durationMs }
}

function isLiving({ isGone, instance, firstHeardMs, heardMs }: Lease): boolean {
  return !isGone && instance.status !== 'STOPPING' && heardMs - firstHeardMs >= CONFIRMED_AFTER_MS
}

/** The most of them that were last heard within the time of one lease. */
function vanishedAtOnce(overdue: readonly Lease[]): readonly Lease[] {
  const inOrder = overdue.toSorted((one, other) => one.heardMs - other.heardMs)
  const groups = inOrder.map((first, index) =>
    inOrder.slice(index).filter(({ heardMs }) => heardMs - first.heardMs < DOWN_AFTER_MS),
  )
  return groups.reduce((most, group) => (group.length > most.length ? group : most), [])
}

function byNameAndStart(one: Announced, other: Announced): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1
  return one.startedAt.getTime() - other.startedAt.getTime() || (one.id < other.id ? -1 : 1)
}
