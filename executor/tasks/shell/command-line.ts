import type { ShellLimits } from './policy.ts'

/** A command, and what it is put into. */
export interface WrappedCommand {
  /** A file, and its arguments. */
  readonly argv: readonly string[]
  readonly folder: string
  readonly limits: ShellLimits
  /** The user and group that it gets; its starter's when undefined. */
  readonly userId: number | undefined
  readonly sandbox: { readonly program: string; readonly hasNetwork: boolean } | undefined
  readonly programs: { readonly setpriv: string | undefined; readonly prlimit: string | undefined }
}

const MEGABYTE = 1024 * 1024
const KILOBYTE = 1024
// POSIX counts the size of files in these.
const BLOCK_BYTES = 512
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64']
const SYSTEM_FILES = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/localtime', '/etc/passwd', '/etc/group']
const NETWORK_FILES = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/ssl', '/etc/ca-certificates']
const ULIMITS =
  'ulimit -c 0; ulimit -t "$1"; ulimit -v "$2"; ulimit -f "$3"; ulimit -n "$4"; ulimit -u "$5" 2>/dev/null || ulimit -p "$5"; shift 5; exec "$@"'

/** The command line that runs a command within its limits: privileges first, then limits, then the sandbox. */
export function wrapped(command: WrappedCommand): readonly string[] {
  return [...privileges(command), ...limits(command), ...sandbox(command), ...command.argv]
}

function privileges({ userId, programs: { setpriv } }: WrappedCommand): readonly string[] {
  if (setpriv === undefined) return []
  const user = userId === undefined ? [] : ['--reuid', `${userId}`, '--regid', `${userId}`, '--clear-groups']
  return [setpriv, ...user, '--no-new-privs', '--pdeathsig', 'KILL', '--']
}

function limits({ limits: of, programs: { prlimit } }: WrappedCommand): readonly string[] {
  const [memoryBytes, fileBytes] = [of.memoryMegabytes * MEGABYTE, of.fileMegabytes * MEGABYTE]
  if (prlimit !== undefined) {
    const amounts = [`--as=${memoryBytes}`, `--fsize=${fileBytes}`, `--nofile=${of.openFiles}`]
    return [prlimit, '--core=0', `--cpu=${of.cpuSeconds}`, ...amounts, `--nproc=${of.processes}`, '--']
  }
  const amounts = [of.cpuSeconds, memoryBytes / KILOBYTE, fileBytes / BLOCK_BYTES, of.openFiles, of.processes]
  return ['/bin/sh', '-c', ULIMITS, 'sh', ...amounts.map(String)]
}

function sandbox({ sandbox: box, folder, argv: [command = ''] }: WrappedCommand): readonly string[] {
  if (box === undefined) return []
  const files = [...SYSTEM_FOLDERS, ...SYSTEM_FILES, ...(box.hasNetwork ? NETWORK_FILES : []), command]
  return [
    ...[box.program, '--unshare-all', '--die-with-parent', '--new-session'],
    ...(box.hasNetwork ? ['--share-net'] : []),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...files.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--bind', folder, folder, '--chdir', folder, '--'],
  ]
}
