import { isIP } from 'node:net'
import { z } from 'zod'
import { topics } from '#avro'
import type { StorageConfig } from '#platform/storage'
import { type AuthConfig, authConfig, authEnvironment } from '#services/auth'
import type { FlowConfig } from '#services/executions'
import type { ShellPolicy } from '#services/executor'
import { type GatewayConfig, gatewayConfig, gatewayEnvironment } from '#services/gateway'
import { ConfigurationError } from './configuration-error.ts'
import { flowConfig, flowEnvironment } from './flow-config.ts'
import { type KeptConfig, keptConfig, keptEnvironment } from './kept-settings.ts'
import { storageConfig, storageEnvironment } from './storage-config.ts'

const RETENTION_HOURS_MAX = 24 * 365

function whole(fallback: number, min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback)
}

/** A CIDR or a host name. */
function isTarget(text: string): boolean {
  const [host = '', bits, ...rest] = text.trim().split('/')
  if (bits === undefined) return isIP(host) !== 0 || /^[a-z\d](?:[a-z\d.-]{0,252}[a-z\d])?$/i.test(host)
  const bitsMax = { 4: 32, 6: 128 }[isIP(host)] ?? -1
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax
}

function isCommand(text: string): boolean {
  return /^(?:\/[^\0]+|[^/\0]+)$/.test(text)
}

/** `host:port`, with commas between several. */
export const brokerList = z
  .string()
  .max(4_096)
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .refine((brokers) => brokers.every((broker) => BROKER.test(broker)), 'must be host:port, with commas between')
const BROKER = /^[a-z\d](?:[a-z\d.-]{0,252}[a-z\d])?:\d{1,5}$/i

/** A topic that is nobody's but the operator's: those that begin with `_` are Kafka's and the registry's. */
function isForeignTopic(name: string): boolean {
  return /^[a-z\d.-][a-z\d._-]{0,248}$/i.test(name) && !Object.hasOwn(topics, name)
}

/** 32 bytes in base64, and no other spelling of them. */
function isKey(text: string): boolean {
  const bytes = Buffer.from(text.trim(), 'base64')
  return bytes.length === 32 && bytes.toString('base64') === text.trim()
}

const USER_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** What the runtime itself reads. */
const runtimeEnvironment = z.object({
  /** Where everything is kept. */
  DATA_DIR: z.string().min(1).max(4_096).default('./data'),
  /** The least important lines that are written; `warn`, or `info` in production. */
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  /** Private addresses that HTTP jobs and webhooks may reach: `true`, `false`, or CIDRs and host names with commas between them. */
  HTTP_ALLOW_PRIVATE: z
    .string()
    .max(4_096)
    .refine(
      (text) => text.split(',').every(isTarget),
      'must be true, false, or CIDRs and host names with commas between',
    )
    .default('false'),
  /** Keys that seal the secrets of webhooks, 32 bytes in base64 each, with commas between: the first seals, all open. */
  WEBHOOK_KEY: z
    .string()
    .max(4_096)
    .refine((text) => text.split(',').every(isKey), 'must be keys of 32 bytes in base64, with commas between')
    .optional(),
  /** Whether SHELL jobs run: everywhere, or only in a sandbox. */
  SHELL_JOBS: z.enum(['off', 'on', 'sandboxed']).default('off'),
  /** What they may have as their command, paths or names with commas between; without it anything. */
  SHELL_COMMANDS: z
    .string()
    .max(4_096)
    .transform((text) => text.split(',').map((command) => command.trim()))
    .refine(
      (commands) => commands.every(isCommand),
      'must be absolute paths, or names without a slash, with commas between',
    )
    .default([]),
  /** Whether a sandbox has the network of its executor. */
  SHELL_NETWORK: z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }).default(false),
  /** bubblewrap's program, which makes the sandbox. */
  SHELL_BUBBLEWRAP: z
    .string()
    .refine(isCommand, 'must be an absolute path, or a name without a slash')
    .default('bwrap'),
  /** A folder with tasks of your own, a file each. */
  TASKS_DIR: z.string().min(1).max(4_096).optional(),
  /** A JSON file with the connections that SQL jobs may read. */
  SQL_CONNECTIONS_FILE: z.string().min(1).max(4_096).optional(),
  /** Topics to which KAFKA jobs may publish, with commas between. Without it there are no such jobs. */
  KAFKA_JOB_TOPICS: z
    .string()
    .max(16_384)
    .transform((text) => text.split(',').map((topic) => topic.trim()))
    .refine((names) => names.every(isForeignTopic), "must be topics that are not the system's own, with commas between")
    .optional(),
  /** The brokers that have them; on the stack its own when left out. */
  KAFKA_JOB_BROKERS: brokerList.optional(),
  /** Processes that run REPORT, SHELL and SQL jobs and the tasks of TASKS_DIR. */
  /** Who runs the installation, and sees what belongs to no workspace: ids of users, with commas between. */
  OPERATORS: z
    .string()
    .max(4_096)
    .refine(
      (text) => text.split(',').every((id) => USER_ID.test(id.trim())),
      'must be ids of users (me { id }) with commas between',
    )
    .optional(),
  /** Processes that run REPORT jobs. */
  TASK_WORKERS: whole(1, 1, 64),
  /** Tasks that one executor runs at once beside those of its workers. */
  EXECUTOR_CAPACITY: whole(3_000, 1, 10_000),
  ...flowEnvironment.shape,
  ...storageEnvironment,
  /** How long events between services and changes for subscribers are kept. What has ended is kept by the settings below. */
  RETENTION_HOURS: whole(72, 1, RETENTION_HOURS_MAX),
  /** How long an executor that is told to end waits for its tasks, in milliseconds, before it hands them over. */
  EXECUTOR_GRACE_MS: whole(10_000, 0, 25_000),
  /** Where spans go by OTLP/HTTP, to `/v1/traces` under this address. Without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Tests only: dies at the n-th pass of a place, `scheduler.before-commit@3`, or stands still there: `…@3:freeze`. */
  CARILLON_TEST_FAIL_POINT: z
    .string()
    .regex(/^[a-z.-]+@\d{1,6}(:freeze)?$/, 'must be <place>@<n> or <place>@<n>:freeze')
    .optional(),
})

/** The variables that an embedded system and each service read. */
export const systemEnvironment = z.object({
  ...runtimeEnvironment.shape,
  ...keptEnvironment.shape,
  ...gatewayEnvironment.shape,
  ...authEnvironment.shape,
})

/** Where the process is to die or to stand still. */
export interface FailPoint {
  readonly name: string
  readonly hit: number
  readonly crash: 'die' | 'freeze'
}

/** The brokers of KAFKA jobs, and the topics that they may name. */
export interface KafkaJobs {
  readonly brokers: readonly string[]
  readonly topics: readonly string[]
  readonly client: 'kafkajs' | 'platformatic'
}

/** Everything an embedded system is told, checked. */
export interface RuntimeConfig extends KeptConfig {
  readonly dataDirectory: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly httpAllowPrivate: boolean | readonly string[]
  /** The first seals the secrets of webhooks. None: another place has one. */
  readonly webhookKeys: readonly Uint8Array[]
  readonly shell: ShellPolicy
  readonly tasksDirectory: string | undefined
  readonly sqlConnectionsFile: string | undefined
  /** Where KAFKA jobs publish. */
  readonly kafkaJobs: KafkaJobs | undefined
  readonly operators: readonly string[]
  readonly taskWorkers: number
  readonly executorCapacity: number
  readonly executorGraceMs: number
  readonly flow: FlowConfig
  readonly retentionMs: number
  readonly storage: StorageConfig
  /** The collector of traces, without `/v1/traces`. */
  readonly tracesEndpoint: string | undefined
  readonly failPoint: FailPoint | undefined
  readonly gateway: GatewayConfig
  readonly auth: AuthConfig
}

const HOUR_MS = 3_600_000

/**
 * Reads the whole environment.
 *
 * @throws {ConfigurationError} with everything that is wrong at once
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>> = process.env): RuntimeConfig {
  return runtimeConfig(checked(systemEnvironment, variables))
}

/** @throws {ConfigurationError} with everything that is wrong at once */
export function checked<Settings extends z.ZodObject>(
  settings: Settings,
  variables: Readonly<Record<string, string | undefined>>,
): z.output<Settings> {
  // `PORT=` in a shell or an .env file means that it is not set.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
    throw new ConfigurationError(`These settings are wrong:\n${lines.join('\n')}`)
  }
  return parsed.data
}

/** The configuration out of variables that were checked. */
export function runtimeConfig(data: z.output<typeof systemEnvironment>): RuntimeConfig {
  return {
    dataDirectory: data.DATA_DIR,
    logLevel: data.LOG_LEVEL ?? (data.NODE_ENV === 'production' ? 'info' : 'warn'),
    httpAllowPrivate: allowPrivate(data.HTTP_ALLOW_PRIVATE),
    webhookKeys: (data.WEBHOOK_KEY?.split(',') ?? []).map((text) => Buffer.from(text.trim(), 'base64')),
    shell: {
      mode: data.SHELL_JOBS,
      commands: data.SHELL_COMMANDS,
      hasNetwork: data.SHELL_NETWORK,
      bubblewrap: data.SHELL_BUBBLEWRAP,
    },
    tasksDirectory: data.TASKS_DIR,
    sqlConnectionsFile: data.SQL_CONNECTIONS_FILE,
    kafkaJobs: kafkaJobs(data),
    operators: data.OPERATORS?.split(',').map((id) => id.trim()) ?? [],
    taskWorkers: data.TASK_WORKERS,
    executorCapacity: data.EXECUTOR_CAPACITY,
    executorGraceMs: data.EXECUTOR_GRACE_MS,
    flow: flowConfig(data),
    retentionMs: data.RETENTION_HOURS * HOUR_MS,
    ...keptConfig(data),
    storage: storageConfig(data),
    tracesEndpoint: data.OTEL_EXPORTER_OTLP_ENDPOINT,
    failPoint: failPoint(data.CARILLON_TEST_FAIL_POINT),
    gateway: gatewayConfig(data),
    auth: authConfig(data),
  }
}

function kafkaJobs(data: z.output<typeof systemEnvironment>): KafkaJobs | undefined {
  const { KAFKA_JOB_TOPICS: names, KAFKA_JOB_BROKERS: brokers } = data
  if (names === undefined) return undefined
  if (brokers === undefined) throw new ConfigurationError('These settings are wrong:\n  KAFKA_JOB_BROKERS: is missing')
  return { brokers, topics: names, client: 'kafkajs' }
}

function allowPrivate(text: string): boolean | readonly string[] {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.split(',').map((entry) => entry.trim())
}

function failPoint(text: string | undefined): RuntimeConfig['failPoint'] {
  const [name, hit, freeze] = text?.split(/[@:]/) ?? []
  return name && hit ? { name, hit: Number(hit), crash: freeze ? 'freeze' : 'die' } : undefined
}
