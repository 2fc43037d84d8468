import { isIP } from 'node:net'
import { z } from 'zod'
import { type AuthConfig, authConfig, authEnvironment } from '#services/auth'
import { type GatewayConfig, gatewayConfig, gatewayEnvironment } from '#services/gateway'

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

/** What the runtime itself reads. */
const runtimeEnvironment = z.object({
  /** Where everything is kept. */
  DATA_DIR: z.string().min(1).max(4_096).default('./data'),
  /** The least important lines that are written; `warn`, or `info` in production. */
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  /** Private addresses that HTTP jobs may reach: `true`, `false`, or CIDRs and host names with commas between them. */
  HTTP_ALLOW_PRIVATE: z
    .string()
    .max(4_096)
    .refine(
      (text) => text.split(',').every(isTarget),
      'must be true, false, or CIDRs and host names with commas between',
    )
    .default('false'),
  /** Processes that run REPORT jobs. */
  TASK_WORKERS: whole(1, 1, 64),
  /** Tasks that one executor runs at once beside those of its workers. */
  EXECUTOR_CAPACITY: whole(3_000, 1, 10_000),
  /** How long events between services and changes for subscribers are kept. History is kept for ever. */
  RETENTION_HOURS: whole(72, 1, RETENTION_HOURS_MAX),
  /** Where spans go by OTLP/HTTP, to `/v1/traces` under this address. Without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Tests only: dies at the n-th pass of a place, `scheduler.before-commit@3`. */
  CARILLON_TEST_FAIL_POINT: z
    .string()
    .regex(/^[a-z.-]+@\d{1,6}$/, 'must be <place>@<n>')
    .optional(),
})

const environment = z.object({
  ...runtimeEnvironment.shape,
  ...gatewayEnvironment.shape,
  ...authEnvironment.shape,
})

/** Everything an embedded system is told, checked. */
export interface RuntimeConfig {
  readonly dataDirectory: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly httpAllowPrivate: boolean | readonly string[]
  readonly taskWorkers: number
  readonly executorCapacity: number
  readonly retentionMs: number
  /** The collector of traces, without `/v1/traces`. */
  readonly tracesEndpoint: string | undefined
  readonly failPoint: { readonly name: string; readonly hit: number } | undefined
  readonly gateway: GatewayConfig
  readonly auth: AuthConfig
}

/** The environment says something that cannot be. The message lists everything that is wrong, a line each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

const HOUR_MS = 3_600_000

/**
 * Reads the whole environment.
 *
 * @throws {ConfigurationError} with everything that is wrong at once
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>> = process.env): RuntimeConfig {
  // `PORT=` in a shell or an .env file means that it is not set.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
    throw new ConfigurationError(`These settings are wrong:\n${lines.join('\n')}`)
  }
  const { data } = parsed
  return {
    dataDirectory: data.DATA_DIR,
    logLevel: data.LOG_LEVEL ?? (data.NODE_ENV === 'production' ? 'info' : 'warn'),
    httpAllowPrivate: allowPrivate(data.HTTP_ALLOW_PRIVATE),
    taskWorkers: data.TASK_WORKERS,
    executorCapacity: data.EXECUTOR_CAPACITY,
    retentionMs: data.RETENTION_HOURS * HOUR_MS,
    tracesEndpoint: data.OTEL_EXPORTER_OTLP_ENDPOINT,
    failPoint: failPoint(data.CARILLON_TEST_FAIL_POINT),
    gateway: gatewayConfig(data),
    auth: authConfig(data),
  }
}

function allowPrivate(text: string): boolean | readonly string[] {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.split(',').map((entry) => entry.trim())
}

function failPoint(text: string | undefined): RuntimeConfig['failPoint'] {
  const [name, hit] = text?.split('@') ?? []
  return name && hit ? { name, hit: Number(hit) } : undefined
}
