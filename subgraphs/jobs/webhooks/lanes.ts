/** What is under way: so much at once in all, and of it so much to one host and of one workspace. */
export interface Lanes {
  /** How much more may begin. */
  readonly room: number
  /** Hosts and workspaces that have all they may. */
  readonly fullHosts: readonly string[]
  readonly fullWorkspaces: readonly string[]
  /** Whether it may begin; then it has. */
  enter(traveller: Traveller): boolean
  leave(traveller: Traveller): void
}

/** A delivery, as far as it takes up a lane. */
export interface Traveller {
  readonly host: string
  readonly workspaceId: string
}

/** What may be under way at once in one process. */
export const LANES = { totalMax: 64, perHostMax: 4, perWorkspaceMax: 16 } as const

/** Opens empty lanes. A receiver that is slow fills its own, and nobody else waits for it. */
export function openLanes({
  totalMax,
  perHostMax,
  perWorkspaceMax,
}: Readonly<Record<keyof typeof LANES, number>>): Lanes {
  const hosts = new Map<string, number>()
  const workspaces = new Map<string, number>()
  let total = 0

  const full = (lanes: ReadonlyMap<string, number>, max: number): readonly string[] =>
    [...lanes].filter(([, count]) => count >= max).map(([name]) => name)

  return {
    get room() {
      return totalMax - total
    },
    get fullHosts() {
      return full(hosts, perHostMax)
    },
    get fullWorkspaces() {
      return full(workspaces, perWorkspaceMax)
    },
    enter({ host, workspaceId }) {
      const [toHost, ofWorkspace] = [hosts.get(host) ?? 0, workspaces.get(workspaceId) ?? 0]
      if (total >= totalMax || toHost >= perHostMax || ofWorkspace >= perWorkspaceMax) return false
      total += 1
      hosts.set(host, toHost + 1)
      workspaces.set(workspaceId, ofWorkspace + 1)
      return true
    },
    leave({ host, workspaceId }) {
      total -= 1
      lower(hosts, host)
      lower(workspaces, workspaceId)
    },
  }
}

function lower(lanes: Map<string, number>, name: string): void {
  const left = (lanes.get(name) ?? 0) - 1
  if (left > 0) lanes.set(name, left)
  else lanes.delete(name)
}
