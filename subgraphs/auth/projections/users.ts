import type { Projection } from '#platform/projections'
import type { UserEvent } from '../domain/user.ts'
import { usernameKey } from '../domain/username.ts'

/** Users, their workspaces, and who may do what in which. Names are unique by `users.username_key`. */
export const usersProjection: Projection<UserEvent> = {
  name: 'users',
  tables: [
    { name: 'users', keyColumns: ['user_id'] },
    { name: 'workspaces', keyColumns: ['workspace_id'] },
    { name: 'memberships', keyColumns: ['user_id', 'workspace_id'] },
  ],
  async apply(unit, events, into) {
    for (const { event, recordedAt } of events) {
      if (event.type !== 'UserSignedUp') continue
      const { userId, username, workspaceId, workspaceName } = event
      const createdAtMs = recordedAt.getTime()
      await unit.insertMany(
        into('users'),
        ['user_id', 'username', 'username_key', 'personal_workspace_id', 'created_at'],
        [[userId, username, usernameKey(username), workspaceId, createdAtMs]],
      )
      const workspace = [workspaceId, workspaceName, createdAtMs]
      await unit.insertMany(into('workspaces'), ['workspace_id', 'name', 'created_at'], [workspace])
      const membership = [userId, workspaceId, 'OWNER']
      await unit.insertMany(into('memberships'), ['user_id', 'workspace_id', 'role'], [membership])
    }
  },
}
