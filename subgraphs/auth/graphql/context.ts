import DataLoader from 'dataloader'
import type { Reader } from '#platform/database'
import type { SubgraphCaller } from '#platform/graphql'
import { type Caller, networkOf, signedIn, type TokenVerifier } from '#platform/identity'
import type { AuthParts, Origin } from '../parts.ts'
import { findUsersIn, findWorkspaces, type UserView } from '../projections/user-views.ts'

/** A workspace as its members see it. */
export type WorkspaceView = UserView['workspaces'][number]

/** What the resolvers of one operation share. */
export interface AuthContext {
  readonly parts: AuthParts
  readonly origin: Origin
  /**
   * Who asks. Asked for by the fields that need it: a token that has expired must not keep its holder from refreshing.
   *
   * @throws {DomainError} `UNAUTHENTICATED` without a good token
   */
  caller(): Promise<Caller>
  /** Users by their id: null for those who do not exist, or share no workspace with the caller. */
  readonly users: DataLoader<string, UserView | null>
  readonly workspaces: DataLoader<string, WorkspaceView | null>
}

const IDS_A_QUERY = 500

/** Makes the context of one operation. */
export function contextFor(parts: AuthParts, verifier: TokenVerifier, request: SubgraphCaller): AuthContext {
  const { token, network, correlationId } = request
  const caller = async (): Promise<Caller> => signedIn(token ? await verifier.verify(token) : null)
  return {
    parts,
    origin: { network: networkOf(network), correlationId: correlationId ?? parts.clock.newId() },
    caller,
    users: visible(parts.database.reader, caller, findUsersIn),
    workspaces: visible(parts.database.reader, caller, async (reader, workspaceIds, ids) =>
      findWorkspaces(
        reader,
        ids.filter((id) => workspaceIds.includes(id)),
      ),
    ),
  }
}

/** Loads what the caller may see by id; what they may not see is as if it did not exist. */
function visible<View>(
  reader: Reader,
  caller: () => Promise<Caller>,
  find: (reader: Reader, workspaceIds: readonly string[], ids: readonly string[]) => Promise<ReadonlyMap<string, View>>,
): DataLoader<string, View | null> {
  return new DataLoader<string, View | null>(
    async (ids) => {
      const { workspaceIds } = await caller()
      const found = await find(reader, workspaceIds, ids)
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize: IDS_A_QUERY },
  )
}
