import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { type WrappedCommand, wrapped } from './command-line.ts'
import { findCommand } from './find-command.ts'

const bare: WrappedCommand = {
  argv: ['/bin/cat', '/proc/self/limits'],
  folder: '/tmp/folder',
  limits: { cpuSeconds: 7, memoryMegabytes: 512, fileMegabytes: 1, openFiles: 99, processes: 9_999 },
  userId: undefined,
  sandbox: undefined,
  programs: { setpriv: undefined, prlimit: undefined },
}

test('limits are the same, whether prlimit sets them or the shell where there is none', () => {
  const limitsOf = (programs: WrappedCommand['programs']) => {
    const [file = '', ...args] = wrapped({ ...bare, programs })
    const lines = execFileSync(file, args, { encoding: 'utf8' }).split('\n')
    return lines.filter((line) => /cpu|address|file|processes/.test(line)).map((line) => line.slice(0, 47).trim())
  }
  const byShell = limitsOf(bare.programs)
  expect(byShell).toContainEqual(expect.stringMatching(/^Max cpu time +7$/))
  expect(byShell).toEqual(limitsOf({ setpriv: undefined, prlimit: findCommand('prlimit') }))
})

test('privileges are dropped before the sandbox is made, and limits hold for all that is in it', () => {
  const line = wrapped({
    ...bare,
    userId: 61_000,
    sandbox: { program: 'bwrap', hasNetwork: false },
    programs: { setpriv: 'setpriv', prlimit: 'prlimit' },
  })
  const [setpriv, prlimit, bwrap, command] = ['setpriv', 'prlimit', 'bwrap', '/bin/cat'].map((name) =>
    line.lastIndexOf(name),
  )
  expect([setpriv, prlimit! > setpriv!, bwrap! > prlimit!, command! > bwrap!]).toEqual([0, true, true, true])
  expect(line).toEqual(expect.arrayContaining(['--no-new-privs', '--pdeathsig', '--unshare-all', '--die-with-parent']))
  expect(line).not.toContain('--share-net')
})

test('a sandbox has the network of its executor only when the operator says so', () => {
  const line = wrapped({ ...bare, sandbox: { program: 'bwrap', hasNetwork: true } })
  expect(line).toEqual(expect.arrayContaining(['--share-net', '/etc/resolv.conf']))
})
