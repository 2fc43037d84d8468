import type { Clock } from '#platform/clock'
import type { Subgraph } from '#platform/graphql'
import type { Revocations, TokenVerifier } from '#platform/identity'
import type { Log, Metrics } from '#platform/telemetry'
import type { GatewayConfig } from './config.ts'

/** How the whole is doing, and each part of it. */
export interface Health {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly checks: Readonly<Record<string, unknown>>
}

/** What the gateway stands on. */
export interface GatewayOptions {
  readonly subgraphs: readonly Subgraph[]
  readonly verifyToken: Pick<TokenVerifier, 'verify'>
  /** Who tells that a session has ended before its time: its streams are closed then. */
  readonly revocations: Pick<Revocations, 'onRevoked'>
  /** The composed graph; the committed one by default. */
  readonly supergraphSdl?: string
  readonly config: GatewayConfig
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  health(): Promise<Health>
  /** The public keys by which anybody can verify our tokens. */
  jwks(): Promise<object>
}
