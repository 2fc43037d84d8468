import { systemClock } from '#platform/clock'
import { readStackConfig } from '../../stack/config.ts'
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

/** Starts what does not run, with its data. Ends when all answer. */
export async function serversUp(): Promise<void> {
  await upNative({ config: readStackConfig(), clock: systemClock(), say: () => undefined })
}
