import { randomBytes } from 'node:crypto'
import type { Database, Reader } from '#platform/database'
import { SEALING_KEY_BYTES, type SealingKeys, sealingKey } from './sealing.ts'

const NAME = 'database'

/**
 * The keys that seal the secrets of webhooks: those that the configuration gives, the first of which seals. Without any
 * all processes share one that lies in the database, made by whoever is first. What was sealed by that one can be opened
 * after a key was configured, too.
 */
export async function openSealingKeys(database: Database, given: readonly Uint8Array[]): Promise<SealingKeys> {
  const kept = await keptKey(database.reader)
  const others = [...given.slice(1), ...(kept ? [kept] : [])].map(sealingKey)
  const [first] = given
  if (first) return [sealingKey(first), ...others]
  return [sealingKey(kept ?? (await keepKey(database)))]
}

async function keptKey(reader: Reader): Promise<Uint8Array | undefined> {
  return (await reader.get<{ secret: Uint8Array }>('select secret from webhook_keys where name = ?', [NAME]))?.secret
}

async function keepKey(database: Database): Promise<Uint8Array> {
  const fresh = randomBytes(SEALING_KEY_BYTES)
  return database.unit(['webhook-keys'], async (unit) => {
    const row = [NAME, fresh, unit.now.getTime()]
    await unit.insertMany('webhook_keys', ['name', 'secret', 'created_at'], [row], 'ignore')
    return (await keptKey(unit)) ?? fresh
  })
}
