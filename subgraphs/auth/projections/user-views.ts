import type { Reader } from '#platform/database'

/** What a user may do in a workspace. */
export type Role = 'OWNER'

/** A user as far as somebody may see them. */
export interface UserView {
  readonly id: string
  readonly username: string
  readonly createdAt: Date
  /** The roles that the user has in `workspaces`. */
  readonly roles: readonly Role[]
  readonly workspaces: readonly { readonly id: string; readonly name: string }[]
}

interface MembershipRow {
  readonly user_id: string
  readonly username: string
  readonly created_at: number
  readonly role: Role
  readonly workspace_id: string
  readonly name: string
}

const MEMBERSHIPS = `select users.user_id, users.username, users.created_at,
    memberships.role, workspaces.workspace_id, workspaces.name
  from memberships
  join users on users.user_id = memberships.user_id
  join workspaces on workspaces.workspace_id = memberships.workspace_id`

const WORKSPACES_MAX = 100

/** A user as they see themselves. */
export async function findUser(reader: Reader, userId: string): Promise<UserView | undefined> {
  const rows = await reader.all<MembershipRow>(
    `${MEMBERSHIPS} where memberships.user_id = ? order by memberships.workspace_id limit ${WORKSPACES_MAX}`,
    [userId],
  )
  return viewsOf(rows).get(userId)
}

/** Users as the members of some workspaces see them: only those who share one, and only what is shared. */
export async function findUsersIn(
  reader: Reader,
  workspaceIds: readonly string[],
  userIds: readonly string[],
): Promise<ReadonlyMap<string, UserView>> {
  if (workspaceIds.length === 0 || userIds.length === 0) return new Map()
  const rows = await reader.all<MembershipRow>(
    `${MEMBERSHIPS} where memberships.workspace_id in (${placesFor(workspaceIds)})
     and memberships.user_id in (${placesFor(userIds)}) order by memberships.user_id, memberships.workspace_id`,
    [...workspaceIds, ...userIds],
  )
  return viewsOf(rows)
}

/** Workspaces among those that somebody belongs to. */
export async function findWorkspaces(
  reader: Reader,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: string; readonly name: string }>> {
  if (workspaceIds.length === 0) return new Map()
  const rows = await reader.all<{ workspace_id: string; name: string }>(
    `select workspace_id, name from workspaces where workspace_id in (${placesFor(workspaceIds)})`,
    workspaceIds,
  )
  return new Map(rows.map((row) => [row.workspace_id, { id: row.workspace_id, name: row.name }]))
}

function viewsOf(rows: readonly MembershipRow[]): ReadonlyMap<string, UserView> {
  const views = new Map<string, UserView>()
  for (const [userId, memberships] of Map.groupBy(rows, (row) => row.user_id)) {
    const [first] = memberships
    if (!first) continue
    views.set(userId, {
      id: userId,
      username: first.username,
      createdAt: new Date(first.created_at),
      roles: [...new Set(memberships.map((row) => row.role))],
      workspaces: memberships.map((row) => ({ id: row.workspace_id, name: row.name })),
    })
  }
  return views
}

function placesFor(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
