import { serveOperations, serveSubgraph } from '#platform/graphql'
import { openStack, type Stack } from '#platform/lifecycle'
import { announce, type Directory, openDirectory } from '#platform/registry'
import { version } from '../version.ts'
import type { ServiceConfig, ServiceName } from './config.ts'
import { openServiceGround, type ServiceGround } from './ground.ts'
import type { OpenedService, OpenService } from './service.ts'

/** The process of one service, at work. */
export interface RunningService {
  /** Where it is reached. */
  readonly url: string
  /** Says goodbye, closes the doors, finishes what is in hand. Safe to call twice. */
  stop(): Promise<void>
}

/** A process loads its own service alone: of what it takes to start, most is loading. */
const OPEN: Readonly<Record<Exclude<ServiceName, 'gateway'>, () => Promise<OpenService>>> = {
  auth: async () => (await import('./open-auth.ts')).openAuthService,
  jobs: async () => (await import('./open-jobs.ts')).openJobsService,
  executions: async () => (await import('./open-executions.ts')).openExecutionsService,
  scheduler: async () => (await import('./open-scheduler.ts')).openSchedulerService,
  executor: async () => (await import('./open-executor.ts')).openExecutorService,
}

/**
 * Opens one service's process: waits for what is not there, opens the service, its door, and announces it.
 *
 * @throws {Error} when something is configured wrongly, or `signal` aborts before it is open
 */
export async function openService(config: ServiceConfig, signal: AbortSignal): Promise<RunningService> {
  const ground = await openServiceGround(config, signal)
  const { stack, log } = ground
  const stop = async (): Promise<void> => {
    for (const { name, error } of await stack.close()) log.error('stop.failed', { part: name, err: error })
  }
  try {
    const directory = await ground.patiently('the instances of the other services', () => directoryOf(ground))
    stack.push('directory', () => directory.stop())
    if (config.service === 'gateway') {
      const { openGatewayService } = await import('./open-gateway.ts')
      const url = await openGatewayService(ground, directory)
      await announceAt(ground, url)
      return { url, stop }
    }
    const open = await OPEN[config.service]()
    const service = await ground.patiently('what it stands on', () => attempt(ground, directory, open))
    const url = await openDoor(ground, service)
    await announceAt(ground, url, service.health)
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What an attempt has opened is closed again when it fails, so that the next one starts from nothing. */
async function attempt(ground: ServiceGround, directory: Directory, open: OpenService): Promise<OpenedService> {
  const stack: Stack = openStack()
  const close = async (): Promise<void> => {
    for (const { name, error } of await stack.close()) ground.log.error('stop.failed', { part: name, err: error })
  }
  try {
    const service = await open({ ground, directory, stack })
    ground.stack.push('service', close)
    return service
  } catch (error) {
    await close()
    throw error
  }
}

async function directoryOf({ config, messaging, schemas, clock, log }: ServiceGround): Promise<Directory> {
  return openDirectory({
    ...{ messaging, schemas, clock, log },
    seeds: config.seeds,
    lastKnownFile: `${config.dataDirectory}/instances-${config.service}.json`,
  })
}

async function openDoor(ground: ServiceGround, service: OpenedService): Promise<string> {
  const { config, clock, log, metrics, stack } = ground
  const { subgraph, documents = {}, health } = service
  const { host, port } = config.gateway
  const options = { host, port, isPortFree: config.isPortFree, clock, log, metrics, health, documents }
  const door = await (subgraph ? serveSubgraph({ ...options, subgraph }) : serveOperations(options))
  stack.push('door', () => door.close())
  return door.url
}

/** Makes this process known under the address by which others reach it: as down while its health says so. */
async function announceAt(
  ground: ServiceGround,
  listeningUrl: string,
  health?: OpenedService['health'],
): Promise<void> {
  const { config, messaging, schemas, clock, log, stack } = ground
  const url = new URL(listeningUrl)
  url.hostname = config.advertiseHost
  const status = async () => ((await health?.())?.status === 'down' ? 'DOWN' : 'UP')
  const announcement = await ground.patiently('Kafka', () =>
    announce({ messaging, schemas, clock, log, name: config.service, url: url.origin, version, status }),
  )
  stack.push('announcement', () => announcement.stop())
}
