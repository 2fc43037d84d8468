import type { ErrorCode } from '#platform/domain'
import type { OperatorAnswer, OperatorRequest } from '#services/executions'
import type { RuntimeConfig } from './config.ts'
import type { EngineConfig } from './engine.ts'
import type { DatabaseName } from './ground.ts'

/** What the engine's thread is started with. */
export interface EngineStart {
  readonly dataDirectory: string
  readonly logLevel: RuntimeConfig['logLevel']
  readonly failPoint: RuntimeConfig['failPoint']
  readonly tracesEndpoint: RuntimeConfig['tracesEndpoint']
  /** The id that both threads of the process have in traces. */
  readonly instanceId: string
  readonly config: EngineConfig
}

/** What the doors' thread tells the engine's. */
export type ToEngine =
  | { readonly kind: 'committed'; readonly database: DatabaseName }
  /** The database of jobs is up to date. */
  | { readonly kind: 'open' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'report'; readonly id: number }
  | { readonly kind: 'operate'; readonly id: number; readonly request: OperatorRequest }
  | { readonly kind: 'prune'; readonly before: Date }

/** What the engine's thread tells the doors'. */
export type FromEngine =
  | { readonly kind: 'committed'; readonly database: DatabaseName }
  | { readonly kind: 'opened' }
  | { readonly kind: 'reported'; readonly id: number; readonly report: EngineReport | null }
  | { readonly kind: 'operated'; readonly id: number; readonly outcome: OperatorOutcome }

/** What came of what people asked; null for an outage or a bug, which the engine has logged. */
export type OperatorOutcome =
  | { readonly answer: OperatorAnswer }
  | { readonly refusal: { readonly code: ErrorCode; readonly message: string; readonly details: object } }
  | null

/** How the engine does. */
export interface EngineReport {
  /** In Prometheus' text format. */
  readonly metrics: string
  /** How many records each consumer has still to take. */
  readonly lag: Readonly<Record<string, number>>
  /** Whether each database takes writes. */
  readonly databases: Readonly<Record<string, boolean>>
}
