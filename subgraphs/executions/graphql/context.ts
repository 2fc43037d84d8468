import DataLoader from 'dataloader'
import type { Database } from '#platform/database'
import type { SubgraphCaller } from '#platform/graphql'
import { type Caller, signedIn, type TokenVerifier } from '#platform/identity'
import type { ChangeFeed } from '#platform/projections'
import type { Execution } from '../domain/execution.ts'
import { type Artefact, artefactsOf } from '../projections/artefacts.ts'
import { findExecutions } from '../projections/execution-queries.ts'

/** What the graph of this context stands on. */
export interface GraphPorts {
  readonly database: Database
  readonly feed: ChangeFeed
  readonly verifier: TokenVerifier
}

/** What the resolvers of one operation share. */
export interface Context {
  readonly database: Database
  readonly feed: ChangeFeed
  /**
   * Who asks.
   *
   * @throws {DomainError} `UNAUTHENTICATED` without a token
   */
  caller(): Caller
  /** Executions by their id: null for those that do not exist, or are another's. */
  readonly executions: DataLoader<string, Execution | null>
  /** Artefacts by the id of their execution. */
  readonly artefacts: DataLoader<string, readonly Artefact[]>
}

const IDS_A_QUERY = 500

/** Makes the context of one operation, or of one event of a subscription. */
export async function contextFor(
  { database, feed, verifier }: GraphPorts,
  { token }: SubgraphCaller,
): Promise<Context> {
  const known = token === undefined ? null : await verifier.verify(token)
  const caller = (): Caller => signedIn(known)
  return {
    database,
    feed,
    caller,
    executions: new DataLoader<string, Execution | null>(
      async (ids) => {
        const found = await findExecutions(database.reader, caller().workspaceIds, ids)
        return ids.map((id) => found.get(id) ?? null)
      },
      { maxBatchSize: IDS_A_QUERY },
    ),
    artefacts: new DataLoader<string, readonly Artefact[]>(
      async (ids) => {
        const found = await artefactsOf(database.reader, caller().workspaceIds, ids)
        const byExecution = Map.groupBy(found, ({ executionId }) => executionId)
        return ids.map((id) => byExecution.get(id) ?? [])
      },
      { maxBatchSize: IDS_A_QUERY },
    ),
  }
}
