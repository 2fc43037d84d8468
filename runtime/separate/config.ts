import { z } from 'zod'
import { parseSeeds, type Seed } from '#platform/registry'
import { ConfigurationError, type RuntimeConfig, readConfig } from '../config.ts'

/** The services that run as processes of their own, in the order in which a reader meets them. */
export const SERVICES = ['auth', 'jobs', 'executions', 'scheduler', 'executor', 'gateway'] as const

/** One of them. */
export type ServiceName = (typeof SERVICES)[number]

/** The port of each service when none is given. When it is taken, all but the gateway take any free one. */
export const DEFAULT_PORTS: Readonly<Record<ServiceName, number>> = {
  gateway: 4_000,
  auth: 4_001,
  jobs: 4_002,
  executions: 4_003,
  scheduler: 4_004,
  executor: 4_005,
}

const BROKER = /^[a-z\d](?:[a-z\d.-]{0,252}[a-z\d])?:\d{1,5}$/i

/** What a process reads beside what an embedded system does. */
const environment = z.object({
  /** `host:port`, with commas between several. */
  KAFKA_BROKERS: z
    .string()
    .default('127.0.0.1:19092')
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every((broker) => BROKER.test(broker)), 'must be host:port, with commas between'),
  /** What the names of topics and groups begin with, where several systems share one Kafka. */
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-z\d._-]{0,60}$/i, 'must be letters, digits, dots, underscores and hyphens')
    .default(''),
  /** The library that talks to Kafka. */
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic']).default('kafkajs'),
  /** The Confluent API of the registry. */
  SCHEMA_REGISTRY_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:18081/apis/ccompat/v7'),
  /** The server, without a database: each service has its own. */
  MYSQL_URL: z.url({ protocol: /^mysql$/ }).default('mysql://root@127.0.0.1:13306'),
  /** What the name of each service's database begins with. */
  MYSQL_DATABASE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z\d_]{0,30}$/, 'must be lower-case letters, digits and underscores')
    .default('carillon_'),
  /** The host under which others reach this process. */
  ADVERTISE_HOST: z.string().min(1).max(255).default('127.0.0.1'),
  /** Instances that are known without Kafka: `auth=http://10.0.0.7:4001,jobs=http://…`. */
  INSTANCE_SEEDS: z
    .string()
    .max(8_192)
    .default('')
    .refine((text) => seedsIn(text) !== undefined, 'must be <service>=http://<host>:<port>, with commas between'),
})

/** Everything that the process of one service is told, checked. */
export interface ServiceConfig extends RuntimeConfig {
  readonly service: ServiceName
  /** Whether another port may be taken when this one is in use. */
  readonly isPortFree: boolean
  readonly kafka: {
    readonly brokers: readonly string[]
    readonly client: 'kafkajs' | 'platformatic'
    readonly topicPrefix: string
  }
  readonly registryUrl: string
  readonly mysqlUrl: string
  readonly databasePrefix: string
  readonly advertiseHost: string
  readonly seeds: readonly Seed[]
}

/**
 * Reads the environment of one service's process.
 *
 * @throws {ConfigurationError} with everything that is wrong
 */
export function readServiceConfig(
  service: ServiceName,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): ServiceConfig {
  const isPortGiven = (variables.PORT ?? '') !== ''
  const runtime = readConfig(isPortGiven ? variables : { ...variables, PORT: String(DEFAULT_PORTS[service]) })
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
    throw new ConfigurationError(`These settings are wrong:\n${lines.join('\n')}`)
  }
  const { data } = parsed
  return {
    ...runtime,
    service,
    isPortFree: service !== 'gateway' && !isPortGiven,
    kafka: { brokers: data.KAFKA_BROKERS, client: data.KAFKA_CLIENT, topicPrefix: data.KAFKA_TOPIC_PREFIX },
    registryUrl: data.SCHEMA_REGISTRY_URL,
    mysqlUrl: data.MYSQL_URL,
    databasePrefix: data.MYSQL_DATABASE_PREFIX,
    advertiseHost: data.ADVERTISE_HOST,
    seeds: parseSeeds(data.INSTANCE_SEEDS),
  }
}

/** What the launcher gives to a service's process. PORT is the gateway's; the others have theirs, or any that is free. */
export function environmentOf(
  service: ServiceName,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string | undefined>> {
  const { PORT, ...rest } = variables
  return service === 'gateway' && PORT !== undefined ? { ...rest, PORT } : rest
}

function seedsIn(text: string): readonly Seed[] | undefined {
  try {
    return parseSeeds(text)
  } catch {
    return undefined
  }
}
