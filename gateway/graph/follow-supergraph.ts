import type { Clock } from '#platform/clock'
import type { HealthReport, RemoteSubgraph, Subgraph } from '#platform/graphql'
import { startLoop } from '#platform/lifecycle'
import type { Directory } from '#platform/registry'
import type { Log, Metrics } from '#platform/telemetry'
import { composeSubgraphs } from './compose-subgraphs.ts'
import type { Graph } from './graph.ts'
import { type LastGood, writeLastGood } from './last-good.ts'

/** What following stands on. */
export interface FollowSupergraphOptions {
  readonly graph: Pick<Graph, 'replace' | 'supergraphSdl'>
  readonly subgraphs: readonly (Subgraph | RemoteSubgraph)[]
  /** What the graph was opened with, if it was kept from before. */
  readonly lastGood: LastGood | undefined
  readonly lastGoodFile?: string | undefined
  /** Tells when an instance comes or goes: then it is looked at once. */
  readonly directory?: Pick<Directory, 'onChanged'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** A supergraph that goes with its subgraphs. */
export interface FollowedSupergraph {
  /** A health report that also says when a composition was refused. */
  shownIn(report: HealthReport): HealthReport
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 5_000

/**
 * Composes the graph anew whenever a subgraph serves another SDL.
 *
 * A subgraph's SDL counts once all its processes that answer serve the same: while a new version takes over from an old
 * one, both can answer what is asked. One that is away counts as it was. What does not compose, or does not load, is
 * refused: the graph stays as it was, and the log, a metric and health say so until it is put right.
 */
export function followSupergraph(options: FollowSupergraphOptions): FollowedSupergraph {
  const { subgraphs, lastGood, clock, log, metrics } = options
  const refusals = metrics.counter('carillon_gateway_supergraph_refusals_total', 'Compositions that were refused.')
  metrics.gauge('carillon_gateway_supergraph_refused', '1 while a subgraph serves what does not fit.', () =>
    refusal === undefined ? 0 : 1,
  )
  let served = sdlsAtStart(subgraphs, lastGood)
  let refused: ReadonlyMap<string, string> | undefined
  let refusal: string | undefined

  async function look(): Promise<void> {
    const found = new Map(await Promise.all(subgraphs.map((subgraph) => sdlOf(subgraph, served, log))))
    if (isSame(found, served)) {
      if (refusal !== undefined) log.info('gateway.supergraph_mended')
      refused = refusal = undefined
      return
    }
    if (refused && isSame(found, refused)) return
    try {
      await serve(found, options)
      served = found
      refused = refusal = undefined
    } catch (error) {
      refused = found
      refusal = error instanceof Error ? error.message : String(error)
      refusals.inc()
      log.error('gateway.supergraph_refused', { changed: changed(served, found), err: error })
    }
  }
  const loop = startLoop({
    clock,
    pollMs: LOOK_EVERY_MS,
    async runOnce() {
      await look()
      return false
    },
    onError: (error) => log.error('gateway.supergraph_unfollowed', { err: error }),
  })
  const forget = options.directory?.onChanged(loop.wake)

  return {
    shownIn(report) {
      if (refusal === undefined) return report
      const checks = { ...report.checks, supergraph: `refused: ${refusal.split('\n')[0]}` }
      return { status: report.status === 'down' ? 'down' : 'degraded', checks }
    },
    async stop() {
      forget?.()
      await loop.stop()
    },
  }
}

async function serve(
  found: ReadonlyMap<string, string>,
  { graph, lastGoodFile, log }: FollowSupergraphOptions,
): Promise<void> {
  const supergraphSdl = await composeSubgraphs(found)
  if (supergraphSdl !== graph.supergraphSdl()) {
    graph.replace(supergraphSdl)
    log.info('gateway.supergraph_changed', { subgraphs: [...found.keys()] })
  }
  if (!lastGoodFile) return
  const kept = writeLastGood(lastGoodFile, { supergraphSdl, subgraphs: Object.fromEntries(found) })
  await kept.catch((error: unknown) => log.warn('gateway.last_good_supergraph_unwritten', { err: error }))
}

function sdlsAtStart(subgraphs: readonly Subgraph[], lastGood: LastGood | undefined): ReadonlyMap<string, string> {
  return new Map(subgraphs.map(({ name, typeDefs }) => [name, lastGood?.subgraphs[name] ?? typeDefs]))
}

async function sdlOf(
  subgraph: Subgraph | RemoteSubgraph,
  served: ReadonlyMap<string, string>,
  log: Log,
): Promise<[name: string, sdl: string]> {
  const { name, typeDefs } = subgraph
  const before = served.get(name) ?? typeDefs
  if (!('sdls' in subgraph)) return [name, typeDefs]
  const [sdl, ...others] = new Set(await subgraph.sdls())
  if (others.length > 0) log.info('gateway.subgraph_between_versions', { subgraph: name, versions: others.length + 1 })
  return [name, sdl === undefined || others.length > 0 ? before : sdl]
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return changed(one, other).length === 0
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...after].filter(([name, sdl]) => before.get(name) !== sdl).map(([name]) => name)
}
