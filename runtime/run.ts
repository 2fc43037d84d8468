import { systemClock } from '#platform/clock'
import { armFailPoint, crashes } from '#platform/fail-points'
import { openLog } from '#platform/telemetry'
import { TasksFolderError } from '#services/executor'
import { banner } from './banner.ts'
import { type RuntimeConfig, readConfig } from './config.ts'
import { ConfigurationError } from './configuration-error.ts'
import { DataFolderInUseError } from './data-folder.ts'
import { type Embedded, openEmbedded } from './embedded.ts'

const EXIT_CONFIGURATION = 2
const STOP_MS_MAX = 30_000
const DISK_ERRORS = new Set(['EACCES', 'EEXIST', 'EISDIR', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS'])

/** Runs the embedded system until it is told to end. Exits with 2 when it was told something that cannot be. */
export async function run(): Promise<void> {
  // Files of ours are their owner's alone, whatever folder they are put into.
  process.umask(0o077)
  const config = settings()
  if (!config) return
  try {
    const { failPoint } = config
    if (failPoint) armFailPoint(failPoint.name, failPoint.hit, crashes[failPoint.crash])
    const log = openLog(config.logLevel)
    const system = await openEmbedded({ config, clock: systemClock(), log, onDeath: die })
    process.stdout.write(banner(system.url, system.dataDirectory, config.gateway.isProduction))
    stopOnSignal(system, config)
  } catch (error) {
    const message = messageFor(error, config)
    if (message === undefined) throw error
    refuse(message)
  }
}

function settings(): RuntimeConfig | undefined {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    refuse(error.message)
    return undefined
  }
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = EXIT_CONFIGURATION
}

/** A bug in the engine ends the process, as one on this thread does. */
function die(error: Error): never {
  process.stderr.write(`${error.stack ?? error.message}\n`)
  process.exit(1)
}

/** What an operator can put right by another setting, another folder or more room. The rest is a bug, with its trace. */
function messageFor(error: unknown, { dataDirectory, gateway }: RuntimeConfig): string | undefined {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string }
  const refusals = [ConfigurationError, DataFolderInUseError, TasksFolderError]
  if (refusals.some((refusal) => error instanceof refusal)) return message
  if (code === 'EADDRINUSE') return `port ${gateway.port} is taken: another program listens on it. Set PORT.`
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL')
    return `${gateway.host} is no address of this machine. Set HOST.`
  const isOfDisk = code === 'ERR_SQLITE_ERROR' || (typeof code === 'string' && DISK_ERRORS.has(code))
  return isOfDisk ? `the data folder ${dataDirectory} cannot be used: ${message}` : undefined
}

/** The first signal ends it in order; a second one, or too long a time, at once. */
function stopOnSignal(system: Embedded, { gateway }: RuntimeConfig): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1)
    stopping = true
    if (!gateway.isProduction) process.stdout.write(`\n  ${signal}: stopping in order; once more to stop at once.\n`)
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref()
    void system.stop().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
