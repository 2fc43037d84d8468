import { deleteKeys, generateKey, insertKey, readKeys } from '../credentials/signing-key-rows.ts'
import { activationOf, planKeys } from '../domain/key-plan.ts'
import type { AuthParts } from '../parts.ts'

type KeyParts = Pick<AuthParts, 'database' | 'clock' | 'keyRing' | 'log'>

/**
 * Makes the next signing key. It is published at once and signs when every verifier can know it; the one before it is
 * published for as long as a token of its may live. While a key waits for its time, this changes nothing.
 *
 * @returns the id of the youngest key
 */
export async function rotateKeys({ database, clock, keyRing, log }: KeyParts): Promise<string> {
  // Made before the unit, which awaits nothing else.
  const fresh = await generateKey(clock.newId(), new Date(0))
  const kid = await database.unit(['signing-keys'], async (unit) => {
    const keys = await readKeys(unit)
    const { isWaiting, youngest } = planKeys(keys, unit.now, keyRing.lives)
    if (isWaiting && youngest) return youngest.kid
    const activatesAt = activationOf(keys, unit.now, keyRing.lives)
    await insertKey(unit, { ...fresh, activatesAt })
    return fresh.kid
  })
  await keyRing.reload()
  if (kid === fresh.kid) log.info('signing-key.made', { kid })
  return kid
}

/** Keeps the key set as it should be: has a first key, rotates when it is time, forgets what no living token needs. */
export async function tendKeys(parts: KeyParts): Promise<void> {
  const { database, keyRing, log } = parts
  const now = await database.now()
  const keys = await readKeys(database.reader)
  const { rotateAt, retired } = planKeys(keys, now, keyRing.lives)
  if (retired.length > 0) {
    await database.unit(['signing-keys'], (unit) => deleteKeys(unit, retired))
    log.info('signing-key.retired', { kids: retired.map((key) => key.kid) })
  }
  if (keys.length === 0 || (rotateAt && rotateAt <= now)) await rotateKeys(parts)
  else await keyRing.reload()
}
