import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const KEY_BYTES = 32

/**
 * The key that seals secrets of an embedded system, from a file which its owner alone may read; made when it is not there.
 *
 * @throws {Error} when the file holds something else
 */
export function sealingKeyFrom(path: string): Uint8Array {
  if (!existsSync(path)) {
    // Under its name only when it is whole: a process that dies meanwhile leaves no half a key.
    const beside = `${path}.new`
    writeFileSync(beside, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true })
    renameSync(beside, path)
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  if (key.length !== KEY_BYTES) throw new Error(`${path} holds no key of ${KEY_BYTES} bytes in base64`)
  return key
}
