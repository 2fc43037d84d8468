import type { Clock } from '#platform/clock'
import type { HealthReport, RemoteSubgraph, Subgraph } from '#platform/graphql'
import type { Revocations, TokenVerifier } from '#platform/identity'
import type { Directory } from '#platform/registry'
import type { Log, Metrics } from '#platform/telemetry'
import type { GatewayConfig } from './config.ts'

/** How the whole is doing, and each part of it. */
export type Health = HealthReport

/** What the gateway stands on. */
export interface GatewayOptions {
  /** In this process or in others, in any mixture. */
  readonly subgraphs: readonly (Subgraph | RemoteSubgraph)[]
  readonly verifyToken: Pick<TokenVerifier, 'verify'>
  /** Who tells that a session has ended before its time: its streams are closed then. */
  readonly revocations: Pick<Revocations, 'onRevoked'>
  /** The composed graph; the committed one by default. */
  readonly supergraphSdl?: string
  /**
   * Follows the SDL that the processes of remote subgraphs serve, and composes the graph anew when it changes. The last
   * good composition is kept in the file, and served at the next start until all are there.
   */
  readonly follow?: { readonly lastGoodFile?: string | undefined }
  /** Who is shown as `services`; without it, the services of this process. */
  readonly directory?: Directory
  /**
   * For how long at least a gateway that closes says that it is not ready, and yet answers, so that whoever spreads
   * requests over several loses none; it goes on a few seconds while requests still come. Default 0: it does not.
   */
  readonly drainMs?: number
  readonly config: GatewayConfig
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  health(): Promise<Health>
  /** The public keys by which anybody can verify our tokens. */
  jwks(): Promise<object>
}
