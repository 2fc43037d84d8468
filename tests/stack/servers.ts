import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '#platform/clock'
import { stackFolders } from '../../stack/addresses.ts'
import { readStackConfig } from '../../stack/config.ts'
import { wantedDatabase } from '../../stack/database.ts'
import { runningNative, upNative } from '../../stack/native.ts'

/** A server that the services stand on, by the name that the stack gives it. */
export type ServerName = 'kafka' | 'registry' | 'mysql'

/**
 * Sends a signal to a server of the stack.
 *
 * @throws when it does not run
 */
export function signalServer(name: ServerName, signal: NodeJS.Signals): void {
  const pid = runningNative(readStackConfig())[name]
  if (pid === undefined) throw new Error(`${name} does not run natively`)
  process.kill(pid, signal)
}

/** Ends once a server has ended. */
export async function serverGone(name: ServerName): Promise<void> {
  while (runningNative(readStackConfig())[name] !== undefined) await systemClock().sleep(50)
}

/** Makes the pid that a killed database server left beside its socket that of a process that lives, as happens when pids come round. Not this one: a server does not mind its own parent. */
export function pidTakenByAnother(): void {
  const config = readStackConfig()
  const data = join(stackFolders(config).data, wantedDatabase(config))
  writeFileSync(join(data, 'server.sock.lock'), `${process.ppid}\n`)
}

/** Starts what does not run, with its data. Ends when all answer. */
export async function serversUp(): Promise<void> {
  await upNative({ config: readStackConfig(), clock: systemClock(), say: () => undefined })
}
