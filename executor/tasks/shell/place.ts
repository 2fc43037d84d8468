import { chownSync, mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a command runs, and as whom. */
export interface Place {
  /** Empty, and nobody else's. */
  readonly folder: string
  /** A user that nobody else is; undefined where a command is the user that its executor is. */
  readonly userId: number | undefined
}

// Of no account and no range that systemd gives out (its UIDS-GIDS.md). A user for each run: what it may use is counted for
// it alone, it may touch nothing of another's, and whatever it has left is known by it.
const USER_FIRST = 60_578
const USERS = 606
const OWNER_ONLY = 0o700

/**
 * Makes a place, with a user of its own where this process may become another.
 *
 * @param random where to begin looking for a user, in [0, 1)
 * @returns undefined when every user is taken
 */
export function openPlace(random: number): Place | undefined {
  const prefix = join(tmpdir(), 'carillon-shell-')
  if (!isRootOfLinux()) return { folder: mkdtempSync(prefix), userId: undefined }
  const owners = new Set(ownersOfProcesses())
  const start = Math.floor(random * USERS)
  for (let index = 0; index < USERS; index++) {
    const userId = USER_FIRST + ((start + index) % USERS)
    const folder = `${prefix}${userId}`
    // The folder is the lock: of two who want one user, one makes it.
    if (owners.has(userId) || !made(folder)) continue
    chownSync(folder, userId, userId)
    return { folder, userId }
  }
  return undefined
}

/** Whether commands get users of their own. */
export function isRootOfLinux(): boolean {
  return process.getuid?.() === 0 && process.platform === 'linux'
}

/** How many processes the user of this one has: where a command shares it, its limit counts from there. */
export function processesOfUser(): number {
  const userId = process.getuid?.()
  return ownersOfProcesses().filter((owner) => owner === userId).length
}

function made(folder: string): boolean {
  try {
    mkdirSync(folder, OWNER_ONLY)
    return true
  } catch {
    return false
  }
}

function ownersOfProcesses(): readonly number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [statSync(`/proc/${name}`).uid] : []
    } catch {
      // It has ended since.
      return []
    }
  })
}
