/** What an operator says of SHELL jobs. */
export interface ShellPolicy {
  /** `sandboxed`: only where bubblewrap works. */
  readonly mode: 'off' | 'on' | 'sandboxed'
  /** What jobs may have as their command, as they write it; anything when there is none. */
  readonly commands: readonly string[]
  /** Whether a sandbox has the network of its executor. Without one every command has it. */
  readonly hasNetwork: boolean
  /** bubblewrap's program: a path, or a name that is looked for. */
  readonly bubblewrap: string
}

/** The policy of a system that says nothing. */
export const SHELL_OFF: ShellPolicy = { mode: 'off', commands: [], hasNetwork: false, bubblewrap: 'bwrap' }

/** What one command may use. */
export interface ShellLimits {
  readonly cpuSeconds: number
  readonly memoryMegabytes: number
  readonly fileMegabytes: number
  readonly openFiles: number
  readonly processes: number
}

/** The limits of a job that says nothing of them. */
export const SHELL_LIMITS: ShellLimits = {
  cpuSeconds: 3_600,
  memoryMegabytes: 4_096,
  fileMegabytes: 1_024,
  openFiles: 256,
  processes: 64,
}

/** What a job may ask for at most. */
export const SHELL_LIMITS_MAX: ShellLimits = {
  cpuSeconds: 604_800,
  memoryMegabytes: 65_536,
  fileMegabytes: 65_536,
  openFiles: 4_096,
  processes: 1_024,
}
