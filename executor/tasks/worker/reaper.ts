import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SHELL_PATH } from '../shell/find-command.ts'

/** Kills what a task leaves behind. */
export interface Reaper {
  /** Names the leader of the process group that it is about. */
  watch(group: number): void
  /** Kills all of it now. Ends when nothing of it is left. */
  reap(): Promise<void>
}

/** What belongs to a task, however it left its parents. */
export interface ReaperOptions {
  /** What the variable TASK_MARK of its processes says. */
  readonly mark: string
  /** The user that nobody else is. */
  readonly userId?: number | undefined
  /** A folder to remove afterwards. */
  readonly folder?: string | undefined
}

/** The variable by which the processes of a task are known. */
export const TASK_MARK = 'CARILLON_TASK'

// It ends when its standard input does, and so does its work, also when whoever opened it was killed. It is nobody's child
// that a task could wait for, and in no group that a task could kill. Who forks while it looks is found in the next round.
const SCRIPT = `
trap '' INT TERM HUP
variable=$1 mark=$2 user=$3 folder=$4 group=
read -r group
read -r rest
[ -z "$group" ] || kill -KILL -- "-$group"
[ -z "$user" ] || setpriv --reuid "$user" --regid "$user" --clear-groups -- sh -c 'kill -KILL -1'
round=0 found=yes
while [ -n "$found" ] && [ "$round" -lt 100 ]; do
  found=
  for file in $(
    grep -lsF "$variable=$mark;" /proc/[0-9]*/environ
    [ -z "$user" ] || grep -lsE "^Uid:[[:space:]]+$user[[:space:]]" /proc/[0-9]*/status
  ); do
    file=\${file#/proc/}
    process=\${file%%/*}
    grep -qsE '^State:[[:space:]]+[ZX]' "/proc/$process/status" && continue
    kill -KILL "$process" && found=yes
  done
  round=$((round + 1))
done
[ -z "$folder" ] || rm -rf -- "$folder"
`

/** Opens a reaper: a small process, which works when it is told to or when this process dies. Without `/proc` it knows groups alone. */
export function openReaper({ mark, userId, folder }: ReaperOptions): Reaper {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'carillon-reaper', TASK_MARK, mark, `${userId ?? ''}`, folder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: SHELL_PATH },
    detached: true,
  })
  // Where there is no shell, there is none to wait for.
  const ended = once(child, 'exit').catch(() => undefined)
  child.stdin.on('error', () => undefined)
  // It waits for the end of this process and must not put it off.
  child.unref()
  ;(child.stdin as Socket).unref()
  return {
    watch(group) {
      child.stdin.write(`${group}\n`)
    },
    async reap() {
      child.ref()
      child.stdin.end()
      await ended
    },
  }
}

/** The environment by which a task's processes are known. */
export function marked(mark: string): Readonly<Record<string, string>> {
  return { [TASK_MARK]: `${mark};` }
}
