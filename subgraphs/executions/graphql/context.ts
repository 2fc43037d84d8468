import DataLoader from 'dataloader'
import type { Database } from '#platform/database'
import { DomainError } from '#platform/domain'
import type { SubgraphCaller } from '#platform/graphql'
import { asOperator, type Caller, type Operators, signedIn, type TokenVerifier } from '#platform/identity'
import type { ChangeFeed } from '#platform/projections'
import type { Schemas } from '#platform/schemas'
import type { Storages } from '#platform/storage'
import type { Operate } from '../commands/operate.ts'
import type { Execution } from '../domain/execution.ts'
import { type Artefact, artefactsOf } from '../projections/artefacts.ts'
import { findExecutions } from '../projections/execution-queries.ts'
import { type Progress, progressOf } from '../projections/progress.ts'
import type { Spans } from '../projections/retention.ts'
import { type WaitingFor, waitingFor } from '../projections/waiting-for.ts'

/** What the graph of this context stands on. */
export interface GraphPorts {
  readonly database: Database
  readonly feed: ChangeFeed
  readonly verifier: TokenVerifier
  readonly operate: Operate
  readonly storages: Storages
  /** How long what has ended is kept where a workspace says nothing. */
  readonly retention: Spans
  readonly schemas: Schemas
  readonly operators: Operators
}

/** What the resolvers of one operation share. */
export interface Context {
  readonly database: Database
  readonly feed: ChangeFeed
  readonly operate: Operate
  readonly storages: Storages
  readonly retention: Spans
  readonly schemas: Schemas
  /**
   * Who asks, where only operators may.
   *
   * @throws {DomainError} `UNAUTHENTICATED` without a token, `FORBIDDEN` to all others
   */
  operator(): Caller
  /**
   * Who asks.
   *
   * @throws {DomainError} `UNAUTHENTICATED` without a token
   */
  caller(): Caller
  /**
   * Counts a page of a log that this operation reads.
   *
   * @throws {DomainError} LIMIT_EXCEEDED when they are too many
   */
  countLogPage(): void
  /** Executions by their id: null for those that do not exist, or are another's. */
  readonly executions: DataLoader<string, Execution | null>
  /** What holds executions that the caller has. */
  readonly waits: DataLoader<Execution, WaitingFor | null, string>
  /** Artefacts by the id of their execution. */
  readonly artefacts: DataLoader<string, readonly Artefact[]>
  /** What their tasks said of their progress last, by the id of the execution. */
  readonly progress: DataLoader<string, Progress | null>
}

const IDS_A_QUERY = 500
// Of each of a hundred executions, and some attempts.
const LOG_PAGES_MAX = 200

/** Makes the context of one operation, or of one event of a subscription. */
export async function contextFor(
  { database, feed, verifier, operate, storages, schemas, operators, retention }: GraphPorts,
  { token }: SubgraphCaller,
): Promise<Context> {
  const known = token === undefined ? null : await verifier.verify(token)
  const caller = (): Caller => signedIn(known)
  let logPages = 0
  return {
    database,
    feed,
    caller,
    operator: () => asOperator(known, operators),
    operate,
    storages,
    countLogPage() {
      logPages += 1
      if (logPages <= LOG_PAGES_MAX) return
      throw new DomainError('LIMIT_EXCEEDED', `An operation reads at most ${LOG_PAGES_MAX} logs.`)
    },
    retention,
    schemas,
    executions: new DataLoader<string, Execution | null>(
      async (ids) => {
        const found = await findExecutions(database.reader, caller().workspaceIds, ids)
        return ids.map((id) => found.get(id) ?? null)
      },
      { maxBatchSize: IDS_A_QUERY },
    ),
    waits: new DataLoader<Execution, WaitingFor | null, string>(
      async (some) => waitingFor(database.reader, some, (await database.now()).getTime()),
      { maxBatchSize: IDS_A_QUERY, cacheKeyFn: ({ id }) => id },
    ),
    progress: new DataLoader<string, Progress | null>(
      async (ids) => {
        const found = await progressOf(database.reader, caller().workspaceIds, ids)
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
