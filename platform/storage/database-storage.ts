import type { Database } from '#platform/database'
import { checkKey, checkSize, ObjectMissingError, type ObjectStorage } from './storage.ts'

// It is read and backed up with all the rest, and a row must fit into a packet of the server.
const BYTES_MAX = 1024 * 1024

/** Objects as rows: for few and small ones. Needs `storageMigrations`. */
export function databaseStorage(database: Pick<Database, 'reader' | 'unit'>): ObjectStorage {
  const { reader } = database
  const limits = { name: 'database', bytesMax: BYTES_MAX } as const
  return {
    ...limits,
    async put(key, content) {
      checkKey(key)
      checkSize(content, limits)
      await database.unit([`object:${key}`], (unit) =>
        unit.insertMany('stored_objects', ['object_key', 'content'], [[key, content]], 'ignore'),
      )
    },
    async read(key, from, length) {
      checkKey(key)
      const sql = 'select substr(content, ?, ?) as part from stored_objects where object_key = ?'
      const row = await reader.get<{ part: Uint8Array }>(sql, [from + 1, length, key])
      if (!row) throw new ObjectMissingError(`there is no object ${key}`)
      return row.part
    },
    async list(afterKey, limit) {
      const sql = 'select object_key from stored_objects where object_key > ? order by object_key limit ?'
      const rows = await reader.all<{ object_key: string }>(sql, [afterKey, limit])
      return rows.map(({ object_key }) => object_key)
    },
    async remove(keys) {
      if (keys.length === 0) return
      await database.unit(
        keys.map((key) => `object:${key}`),
        async (unit) => {
          for (const key of keys) await unit.run('delete from stored_objects where object_key = ?', [key])
        },
      )
    },
    close: async () => undefined,
  }
}
