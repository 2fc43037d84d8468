import { SERVICES, type Service } from './cluster.ts'

const isLong = process.env['CARILLON_LONG'] === '1'

/** How much the fault runs ask of the cluster. */
interface Scale {
  readonly jobs: number
  /** The same while servers are away, after which all that was due is caught up with. */
  readonly serverJobs: number
  readonly queriesPerSecond: number
  readonly watchers: number
  /** How long the cluster works around a fault, in ms. */
  readonly aroundMs: number
  readonly frozen: readonly Service[]
  readonly frozenMs: number
  readonly outageMs: number
  /** How often one of the rival schedulers is killed or frozen. */
  readonly rounds: number
}

/** What a change is checked with, or the whole mix (`CARILLON_LONG=1`, `.ci/run --long`). */
export const SCALE: Scale = isLong
  ? {
      jobs: 100,
      serverJobs: 100,
      queriesPerSecond: 200,
      watchers: 200,
      aroundMs: 10_000,
      frozen: SERVICES,
      frozenMs: 30_000,
      outageMs: 60_000,
      rounds: 12,
    }
  : {
      jobs: 24,
      serverJobs: 20,
      queriesPerSecond: 25,
      watchers: 40,
      aroundMs: 4_000,
      frozen: ['scheduler', 'executor'],
      frozenMs: 12_000,
      outageMs: 10_000,
      rounds: 4,
    }
