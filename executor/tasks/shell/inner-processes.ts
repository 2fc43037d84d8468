import { readdirSync, readFileSync } from 'node:fs'

/** The processes in a sandbox: what descends from its first process, which is the second that bubblewrap starts. */
export function innerProcesses(outer: number): readonly number[] {
  const children = Map.groupBy(processes(), ({ parent }) => parent)
  const below = (pids: readonly number[]): readonly number[] =>
    pids.flatMap((pid) => (children.get(pid) ?? []).map((child) => child.pid))
  const found: number[] = []
  for (let level = below(below([outer])); level.length > 0; level = below(level)) found.push(...level)
  return found
}

function processes(): readonly { readonly pid: number; readonly parent: number }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      // The name of the program, in brackets, may hold anything; the state and the parent follow it.
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return [{ pid: Number(name), parent: Number(parent) }]
    } catch {
      // It has ended since.
      return []
    }
  })
}
