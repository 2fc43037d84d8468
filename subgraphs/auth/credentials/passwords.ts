import { randomBytes } from 'node:crypto'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import type { HashParameters } from '../domain/user.ts'
import { makeGate } from './gate.ts'

/** Hashes passwords with Argon2id, few at a time: each hash takes its memory and a core for about 14 ms. */
export interface Passwords {
  readonly parameters: HashParameters
  /**
   * @returns a PHC string, with its salt and parameters
   * @throws {DomainError} `OVERLOADED`
   */
  hash(password: string): Promise<string>
  /**
   * Does the same work whether there is a hash or not, so that time does not tell which names exist.
   *
   * @throws {DomainError} `OVERLOADED`
   */
  matches(password: string, stored: string | undefined): Promise<boolean>
  /** Whether a hash cost less than one that is made today. */
  isOutdated(stored: string): boolean
}

/** How much a hash costs, and how many are made at once. */
export interface PasswordsOptions {
  readonly parameters: HashParameters
  readonly runningMax: number
  readonly waitingMax: number
}

const DECOY_BYTES = 32

/** Opens the hasher; makes the hash that nobody's password matches. */
export async function openPasswords({ parameters, runningMax, waitingMax }: PasswordsOptions): Promise<Passwords> {
  const { memoryKib, passes, lanes } = parameters
  const gate = makeGate({ runningMax, waitingMax })
  const options = { memoryCost: memoryKib, timeCost: passes, parallelism: lanes }
  const decoy = await hash(randomBytes(DECOY_BYTES), options)

  return {
    parameters,
    hash: (password) => gate.run(() => hash(normalized(password), options)),
    async matches(password, stored) {
      const isMatch = await gate.run(() => verify(stored ?? decoy, normalized(password)))
      return isMatch && stored !== undefined
    },
    isOutdated(stored) {
      const { memoryCost, timeCost, parallelism } = parseOptions(stored)
      return memoryCost < memoryKib || timeCost < passes || parallelism < lanes
    },
  }
}

/** One spelling for what two keyboards spell differently (NIST SP 800-63B §5.1.1.2). */
function normalized(password: string): string {
  return password.normalize('NFKC')
}
