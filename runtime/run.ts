import { systemClock } from '#platform/clock'
import { armFailPoint } from '#platform/fail-points'
import { openLog } from '#platform/telemetry'
import { banner } from './banner.ts'
import { ConfigurationError, type RuntimeConfig, readConfig } from './config.ts'
import { DataFolderInUseError } from './data-folder.ts'
import { type Embedded, openEmbedded } from './embedded.ts'

const EXIT_CONFIGURATION = 2
const STOP_MS_MAX = 30_000

/** Runs the embedded system until it is told to end. Exits with 2 when it was told something that cannot be. */
export async function run(): Promise<void> {
  try {
    const config = readConfig()
    const { failPoint } = config
    if (failPoint) armFailPoint(failPoint.name, failPoint.hit)
    const log = openLog(config.logLevel)
    const system = await openEmbedded({ config, clock: systemClock(), log, onDeath: die })
    process.stdout.write(banner(system.url, system.dataDirectory, config.gateway.isProduction))
    stopOnSignal(system, config)
  } catch (error) {
    if (!isForPeople(error)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = EXIT_CONFIGURATION
  }
}

/** A bug in the engine ends the process, as one on this thread does. */
function die(error: Error): never {
  process.stderr.write(`${error.stack ?? error.message}\n`)
  process.exit(1)
}

function isForPeople(error: unknown): error is Error {
  if (error instanceof ConfigurationError || error instanceof DataFolderInUseError) return true
  return (error as { code?: string }).code === 'EADDRINUSE'
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
