import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Clock, systemClock } from '#platform/clock'
import { backoffMs } from '#platform/lifecycle'
import { banner } from '../banner.ts'
import { DataFolderInUseError, openDataFolder } from '../data-folder.ts'
import { environmentOf, readServiceConfig, SERVICES, type ServiceName } from './config.ts'

/** What a service's process tells the launcher. */
export interface ReadyMessage {
  readonly kind: 'ready'
  readonly url: string
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
// kafkajs makes such a timer when it connects; Node waits a millisecond instead.
const NODE_OPTIONS = ['--disable-warning=TimeoutNegativeWarning']
const CONFIGURATION_WRONG = 2
const HEALTH_LOOK_MS = 100
const STEADY_MS = 30_000
const NAME_WIDTH = 11

/** What the six processes share in the launcher. */
interface Launch {
  readonly clock: Clock
  readonly stopping: AbortController
  onReady(service: ServiceName, url: string): void
}

/**
 * Runs every service as a process of its own, each line with its name before it, until it is told to stop. A process
 * that ends is started again. Takes the data folder for itself, as the embedded system does.
 *
 * @throws {ConfigurationError} when a setting is wrong, or another process uses the data folder
 */
export async function launchAll(): Promise<void> {
  const { dataDirectory, gateway } = readServiceConfig('gateway')
  const folder = openDataFolder(dataDirectory)
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const ready = new Map<ServiceName, string>()
  const launch: Launch = {
    clock: systemClock(),
    stopping,
    onReady(service, url) {
      const wasComplete = ready.size === SERVICES.length
      ready.set(service, url)
      if (wasComplete || ready.size < SERVICES.length) return
      const gatewayUrl = ready.get('gateway') ?? ''
      void untilAllAreKnown(launch, gatewayUrl).then(() => {
        process.stdout.write(banner(gatewayUrl, dataDirectory, gateway.isProduction))
      })
    },
  }
  const ended = await Promise.all(SERVICES.map((service) => keepRunning(service, launch)))
  folder.release()
  process.exitCode = Math.max(...ended)
}

/** Ends when the gateway has heard of all the others. */
async function untilAllAreKnown({ clock, stopping }: Launch, gatewayUrl: string): Promise<void> {
  while (!stopping.signal.aborted) {
    const health = await fetch(new URL('/health/ready', gatewayUrl)).then(
      (answer) => answer.json() as Promise<{ readonly status?: string }>,
      () => ({ status: 'unreachable' }),
    )
    if (health.status === 'ok') return
    await clock.sleep(HEALTH_LOOK_MS, stopping.signal)
  }
}

/** Whether an error is one that another setting puts right. */
export function isAboutFolder(error: unknown): error is Error {
  return error instanceof DataFolderInUseError
}

/** Starts a service again whenever it ends, unless its settings are wrong. @returns the exit code */
async function keepRunning(service: ServiceName, launch: Launch): Promise<number> {
  const { clock, stopping } = launch
  let failures = 0
  while (!stopping.signal.aborted) {
    const startedMs = clock.monotonicMs()
    const code = await runOnce(service, launch)
    if (stopping.signal.aborted) return 0
    if (code === CONFIGURATION_WRONG) {
      stopping.abort()
      return code
    }
    failures = clock.monotonicMs() - startedMs > STEADY_MS ? 0 : failures + 1
    print(service, `ended with ${code}; it is started again`)
    await clock.sleep(backoffMs(failures), stopping.signal)
  }
  return 0
}

async function runOnce(service: ServiceName, { stopping, onReady }: Launch): Promise<number | null> {
  // Detached: Ctrl-C reaches the launcher alone, which tells each process once. The channel tells them of its end.
  const child = spawn(process.execPath, [...NODE_OPTIONS, MAIN, service], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    env: { ...environmentOf(service) },
  })
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => print(service, line))
  }
  child.on('message', (message: ReadyMessage) => onReady(service, message.url))
  const end = (): boolean => child.kill('SIGTERM')
  stopping.signal.addEventListener('abort', end, { once: true })
  await exitOf(child)
  stopping.signal.removeEventListener('abort', end)
  return child.exitCode
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function print(service: ServiceName, line: string): void {
  if (line.trim() !== '') process.stdout.write(`${service.padEnd(NAME_WIDTH)}${line}\n`)
}
