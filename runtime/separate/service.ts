import type { Subgraph } from '#platform/graphql'
import type { Stack } from '#platform/lifecycle'
import type { Directory } from '#platform/registry'
import type { Health } from '#services/gateway'
import type { ServiceGround } from './ground.ts'

/** What opening a service is given. What it opens goes on `stack`, which is closed when the opening fails or the process ends. */
export interface ServiceScene {
  readonly ground: ServiceGround
  readonly directory: Directory
  readonly stack: Stack
}

/** What one service shows of itself to others. */
export interface OpenedService {
  /** Its part of the graph, if it has one. */
  readonly subgraph?: Subgraph
  /** More that it answers: a path and what to say there, as JSON. */
  readonly documents?: Readonly<Record<string, () => unknown>>
  health(): Promise<Health>
}

/** Opens one service. */
export type OpenService = (scene: ServiceScene) => Promise<OpenedService>
