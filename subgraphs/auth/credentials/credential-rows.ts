import { randomBytes } from 'node:crypto'
import type { Database, Reader, Unit } from '#platform/database'

/** Keeps the hash of a new user's password. Outside the event store: what is secret must be replaceable. */
export async function insertPasswordHash(unit: Unit, userId: string, hash: string): Promise<void> {
  await unit.insertMany('passwords', ['user_id', 'hash', 'updated_at'], [[userId, hash, unit.now.getTime()]])
}

/** Replaces a hash, unless somebody else did. */
export async function replacePasswordHash(unit: Unit, userId: string, known: string, next: string): Promise<void> {
  await unit.run('update passwords set hash = ?, updated_at = ? where user_id = ? and hash = ?', [
    next,
    unit.now.getTime(),
    userId,
    known,
  ])
}

/** What is needed to check a log-in. */
export interface Credential {
  readonly userId: string
  readonly workspaceId: string
  readonly hash: string
}

/** @param usernameKey the name, its case folded */
export async function findCredential(reader: Reader, usernameKey: string): Promise<Credential | undefined> {
  const row = await reader.get<{ user_id: string; personal_workspace_id: string; hash: string }>(
    `select users.user_id, users.personal_workspace_id, passwords.hash
     from users join passwords on passwords.user_id = users.user_id where users.username_key = ?`,
    [usernameKey],
  )
  return row && { userId: row.user_id, workspaceId: row.personal_workspace_id, hash: row.hash }
}

const SECRET_BYTES = 32

/** A secret of this system by its name, made when it is asked for the first time. */
export async function systemSecret(database: Database, name: string): Promise<Uint8Array> {
  const fresh = randomBytes(SECRET_BYTES)
  return database.unit([`secret:${name}`], async (unit) => {
    await unit.insertMany('secrets', ['name', 'secret', 'created_at'], [[name, fresh, unit.now.getTime()]], 'ignore')
    const row = await unit.get<{ secret: Uint8Array }>('select secret from secrets where name = ?', [name])
    return row?.secret ?? fresh
  })
}
