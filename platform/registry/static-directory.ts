import type { Clock } from '#platform/clock'
import type { Directory, Seed, ServiceInstance } from './directory.ts'

/** A system that is one process. */
export interface StaticDirectoryOptions {
  readonly clock: Pick<Clock, 'now' | 'newId'>
  readonly version: string
  /** The services of this process, asked for each time: the port may be known only later. */
  services(): readonly Seed[]
}

/** A directory of services that come and go with this process: while anybody can ask, all of them are up. */
export function staticDirectory({ clock, version, services }: StaticDirectoryOptions): Directory {
  const startedAt = clock.now()
  const processId = clock.newId()

  function all(): readonly ServiceInstance[] {
    const shared = { status: 'UP', startedAt, lastHeartbeatAt: clock.now(), version, isPreserved: false } as const
    const listed = services().map(({ name, url }) => ({ ...shared, id: `${name}-${processId}`, name, url }))
    return listed.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  }
  return {
    all,
    instances: (name) => all().filter((instance) => instance.name === name),
    isPreserving: () => false,
    heartbeats: () => undefined,
    lastHeardAt: () => [],
    onChanged: () => () => undefined,
    stop: () => Promise.resolve(),
  }
}
