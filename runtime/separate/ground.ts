import { type Clock, systemClock } from '#platform/clock'
import { type Database, openMysql } from '#platform/database'
import { openStack, type Stack } from '#platform/lifecycle'
import { type Messaging, openKafkaMessaging } from '#platform/messaging'
import { type RegistrySchemas, registrySchemas } from '#platform/schemas'
import { type Log, type Metrics, openLog, openMetrics, startTracing } from '#platform/telemetry'
import { version } from '../version.ts'
import type { ServiceConfig } from './config.ts'
import { patiently } from './patience.ts'

/** What one service's process stands on: adapters of the real parts, closed in reverse. */
export interface ServiceGround {
  readonly config: ServiceConfig
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly schemas: RegistrySchemas
  readonly messaging: Messaging
  readonly stack: Stack
  /** Names this process among all that live. */
  readonly instanceId: string
  /** Aborts when the process is told to stop. */
  readonly signal: AbortSignal
  /** Opens a service's own database. Waits until the server is there. */
  database(name: string): Promise<Database>
  /** Waits for what is not there yet, and says so. */
  patiently<T>(what: string, open: () => Promise<T>): Promise<T>
}

/** Opens the ground of one process. Only what is configured wrongly is thrown: what is not there yet is waited for. */
export async function openServiceGround(config: ServiceConfig, signal: AbortSignal): Promise<ServiceGround> {
  const { service, kafka, registryUrl } = config
  const clock = systemClock()
  const instanceId = clock.newId()
  const log = openLog(config.logLevel).with({ service, instanceId })
  const metrics = openMetrics({ ofProcess: true })
  const stack = openStack()
  const traced = { endpoint: config.tracesEndpoint, service: `carillon-${service}`, instanceId, version }
  stack.push('traces', await startTracing({ ...traced, clock, log, metrics }))
  const say = (what: string, reason: string): void => {
    log.warn('service.waiting', { what, reason })
    if (!config.gateway.isProduction) process.stdout.write(`  ${service} waits for ${what}: ${reason}\n`)
  }
  const wait = <T>(what: string, open: () => Promise<T>): Promise<T> => patiently({ clock, signal, say }, what, open)

  const schemas = registrySchemas({ url: registryUrl, clock, log })
  const messaging = await wait(`Kafka at ${kafka.brokers.join(', ')}`, () =>
    openKafkaMessaging({
      brokers: [...kafka.brokers],
      client: kafka.client,
      topicPrefix: kafka.topicPrefix,
      clientId: `carillon-${service}-${instanceId}`,
      clock,
      schemas,
      log,
      metrics,
    }),
  )
  stack.push('messaging', () => messaging.close())
  return {
    ...{ config, clock, log, metrics, schemas, messaging, stack, instanceId, signal },
    patiently: wait,
    async database(name) {
      const url = new URL(config.mysqlUrl)
      url.pathname = `/${config.databasePrefix}${name}`
      const database = await wait(`the database at ${url.host}`, () =>
        openMysql({ name, url: url.toString(), clock, log }),
      )
      stack.push(`database ${name}`, () => database.close())
      return database
    },
  }
}
