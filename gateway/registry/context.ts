import type { Caller } from '#platform/identity'
import type { Directory } from '#platform/registry'

/** What the resolvers of one operation share. */
export interface RegistryContext {
  readonly directory: Directory
  /**
   * Who asks: anybody who is signed in may see the services.
   *
   * @throws {DomainError} `UNAUTHENTICATED` without a good token
   */
  caller(): Promise<Caller>
  /** Aborts when nobody listens any more. */
  readonly signal: AbortSignal | undefined
}
