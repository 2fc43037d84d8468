import { WrongServerError } from '#platform/database'
import { armFailPoint, crashes } from '#platform/fail-points'
import { IncompatibleSchemaError } from '#platform/schemas'
import { ConfigurationError } from '../configuration-error.ts'
import { readServiceConfig, SERVICES, type ServiceConfig, type ServiceName } from './config.ts'
import { isAboutFolder, launchAll, type ReadyMessage } from './launch.ts'
import { openService } from './open-service.ts'

const EXIT_CONFIGURATION = 2
const STOP_MS_MAX = 30_000

/** Runs what the command line names: a service, `all` of them, or `migrate`. Exits with 2 when that cannot be. */
export async function runCommand(command: string): Promise<void> {
  process.umask(0o077)
  if (command === 'all') return refusing(launchAll)
  if (command === 'migrate') {
    const { migrateAll } = await import('./migrate.ts')
    return refusing(() => migrateAll(readServiceConfig('jobs')))
  }
  const service = SERVICES.find((name) => name === command)
  if (!service) return refuse(`there is no "${command}"; there is ${[...SERVICES, 'all', 'migrate'].join(', ')}`)
  await refusing(() => runService(service))
}

async function refusing(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const message = messageFor(error)
    if (message === undefined) throw error
    refuse(message)
  }
}

/** What an operator can put right by another setting. The rest is a bug, with its trace. */
function messageFor(error: unknown): string | undefined {
  const { code, name, message } = error as {
    readonly code?: unknown
    readonly name?: string
    readonly message?: string
  }
  if (
    error instanceof ConfigurationError ||
    isAboutFolder(error) ||
    error instanceof WrongServerError ||
    // Its class is the executor's, which most processes do not load.
    name === 'TasksFolderError' ||
    error instanceof IncompatibleSchemaError
  )
    return message
  if (code === 'EADDRINUSE') return 'the port is taken: another program listens on it. Set PORT.'
  return undefined
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = EXIT_CONFIGURATION
}

async function runService(service: ServiceName): Promise<void> {
  const config = readServiceConfig(service)
  const { failPoint } = config
  if (failPoint) armFailPoint(failPoint.name, failPoint.hit, crashes[failPoint.crash])
  const stopping = new AbortController()
  let opened: Awaited<ReturnType<typeof openService>> | undefined
  let isAsked = false
  const stop = (): void => {
    // The second signal does not wait for anybody.
    if (isAsked) process.exit(1)
    isAsked = true
    stopping.abort()
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref()
    // While it opens, `openService` sees the signal and undoes what it has opened.
    void opened?.stop().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('disconnect', () => process.exit(1))
  try {
    opened = await openService(config, stopping.signal)
  } catch (error) {
    if (isAsked) process.exit(0)
    throw error
  }
  if (isAsked) {
    await opened.stop()
    process.exit(0)
  }
  tellReady(config, opened.url)
}

/** Tells whoever looks, and the launcher if there is one. When that dies, however it does, this process does too. */
function tellReady({ service }: ServiceConfig, url: string): void {
  process.stdout.write(`  ${service} is ready at ${url}\n`)
  if (!process.send) return
  const news: ReadyMessage = { kind: 'ready', url }
  process.send(news)
}
