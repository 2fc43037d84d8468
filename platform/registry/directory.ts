/** A process of a service, as others know it. */
export interface ServiceInstance {
  readonly id: string
  readonly name: string
  /** Without a path. */
  readonly url: string
  readonly status: 'UP' | 'DOWN' | 'STOPPING'
  /** Null where it is known by configuration alone. */
  readonly startedAt: Date | null
  /** By its own clock. */
  readonly lastHeartbeatAt: Date | null
  readonly version: string | null
  /** It is overdue, but over half vanished with it at once. */
  readonly isPreserved: boolean
}

/** Where a service is by configuration. */
export interface Seed {
  readonly name: string
  readonly url: string
}

/** Whether as much is heard as should be, over the last minute. */
export interface Heartbeats {
  /** What those that are up send in a minute. */
  readonly expected: number
  readonly heard: number
}

/** Who is there. */
export interface Directory {
  instances(name: string): readonly ServiceInstance[]
  /**
   * Where a service was before none of it was heard any more: urls. None of one that said goodbye. It may be the way by
   * which it is heard that broke, and not the way by which it is asked.
   */
  lastHeardAt(name: string): readonly string[]
  /** By name, then in the order of their start. */
  all(): readonly ServiceInstance[]
  /** Whether instances are kept because over half vanished at once. */
  isPreserving(): boolean
  /** Undefined where nobody has to be heard: all are this process. */
  heartbeats(): Heartbeats | undefined
  /** Calls back when an instance came, went or changed its status; not with each heartbeat. @returns how to stop it */
  onChanged(listener: () => void): () => void
  stop(): Promise<void>
}

/**
 * Where to send requests to a service: to those that are up; to those that seem down only when there is no other, and to
 * those that are forgotten only when there is none at all. Whoever asks finds out which of them answer.
 */
export function addressesOf(directory: Pick<Directory, 'instances' | 'lastHeardAt'>, name: string): readonly string[] {
  const instances = directory.instances(name)
  const up = instances.filter(({ status }) => status === 'UP')
  const asked = up.length > 0 ? up : instances.filter(({ status }) => status === 'DOWN')
  return asked.length > 0 ? asked.map(({ url }) => url) : directory.lastHeardAt(name)
}

/**
 * Seeds out of a setting: `jobs=http://127.0.0.1:4002,auth=http://127.0.0.1:4001`.
 *
 * @throws {Error} naming the first entry that is none
 */
export function parseSeeds(text: string): readonly Seed[] {
  const entries = text.split(',').map((entry) => entry.trim())
  return entries.filter(Boolean).map((entry) => {
    const [, name, url] = /^([a-z-]{1,64})=(http:\/\/[^\s/?#]+)\/?$/.exec(entry) ?? []
    if (!name || !url || !URL.canParse(url)) throw new Error(`${entry} is not <service>=http://<host>:<port>`)
    return { name, url }
  })
}
