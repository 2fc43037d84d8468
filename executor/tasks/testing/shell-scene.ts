import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { findCommand } from '../shell/find-command.ts'
import { SHELL_LIMITS, SHELL_OFF, type ShellPolicy } from '../shell/policy.ts'
import { trySandbox } from '../shell/sandbox.ts'

const FIRST_USER = 61_183

/** How commands can be contained on this machine: always without a sandbox, and in one where bubblewrap works. */
export async function shellPolicies(): Promise<readonly (readonly [string, ShellPolicy])[]> {
  const sandboxed: ShellPolicy = { ...SHELL_OFF, mode: 'on' }
  const programs = { setpriv: findCommand('setpriv'), prlimit: findCommand('prlimit') }
  const userId = process.getuid?.() === 0 ? FIRST_USER : undefined
  const { kind } = await trySandbox(sandboxed, { folder: tmpdir(), limits: SHELL_LIMITS, userId, programs })
  const plain = ['without a sandbox', { ...sandboxed, bubblewrap: '/nowhere/bwrap' }] as const
  return kind === 'none' ? [plain] : [plain, ['in a sandbox', sandboxed]]
}

/** The processes that have a text in their command line, and have not ended. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const isAlive = /^\d+$/.test(name) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${name}/status`, 'utf8'))
      return isAlive && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text) ? [Number(name)] : []
    } catch {
      // It has ended since.
      return []
    }
  })
}
