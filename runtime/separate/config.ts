import { z } from 'zod'
import { topics } from '#avro'
import { parseSeeds, type Seed } from '#platform/registry'
import { brokerList, checked, type KafkaJobs, type RuntimeConfig, runtimeConfig, systemEnvironment } from '../config.ts'
import { ConfigurationError } from '../configuration-error.ts'

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

/** The variables that each service reads: those of an embedded system, and more. */
export const serviceEnvironment = z.object({
  ...systemEnvironment.shape,
  /** `host:port`, with commas between several. */
  KAFKA_BROKERS: brokerList.prefault('127.0.0.1:19092'),
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

type ServiceEnvironment = z.output<typeof serviceEnvironment>

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
  const own = isPortGiven ? variables : { ...variables, PORT: String(DEFAULT_PORTS[service]) }
  const data = checked(serviceEnvironment, own)
  const settings = runtimeConfig({ ...data, KAFKA_JOB_BROKERS: data.KAFKA_JOB_BROKERS ?? data.KAFKA_BROKERS })
  return {
    ...settings,
    kafkaJobs: settings.kafkaJobs && kafkaJobs(settings.kafkaJobs, data),
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

/** Under a prefix the system's own topics have other names. */
function kafkaJobs(
  jobs: KafkaJobs,
  { KAFKA_CLIENT: client, KAFKA_TOPIC_PREFIX: prefix }: ServiceEnvironment,
): KafkaJobs {
  const own = jobs.topics.find((name) => name.startsWith(prefix) && Object.hasOwn(topics, name.slice(prefix.length)))
  if (own === undefined) return { ...jobs, client }
  throw new ConfigurationError(`These settings are wrong:\n  KAFKA_JOB_TOPICS: ${own} is the system's own`)
}

function seedsIn(text: string): readonly Seed[] | undefined {
  try {
    return parseSeeds(text)
  } catch {
    return undefined
  }
}
