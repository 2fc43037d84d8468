import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port')
    .transform(Number)
    .pipe(z.number().min(1).max(65_535))
    .default(fallback)

/** The variables that the stack of servers reads. */
export const stackVariables = z.object({
  /** Data, logs and pids; deleted by `reset`. */
  STACK_DIR: z.string().min(1).max(4_096).optional(),
  /** Downloads, kept by `reset` and used by every clone. */
  STACK_CACHE: z.string().min(1).max(4_096).optional(),
  STACK_KAFKA_PORT: port(19_092),
  STACK_KAFKA_CONTROLLER_PORT: port(19_093),
  STACK_REGISTRY_PORT: port(18_081),
  STACK_REGISTRY_MANAGEMENT_PORT: port(18_082),
  STACK_MYSQL_PORT: port(13_306),
  /** `quick` starts fast (C1 alone); `full` runs fast once warm, for benchmarks. */
  STACK_JIT: z.enum(['quick', 'full']).default('quick'),
  /** `auto`: genuine MySQL where it can be had, else MariaDB. */
  STACK_DATABASE: z.enum(['auto', 'mysql', 'mariadb']).default('auto'),
  /** `auto`: Docker where an engine answers, else native. */
  STACK_ENGINE: z.enum(['auto', 'native', 'docker']).default('auto'),
})

/** What the stack of servers is told, checked. */
export interface StackConfig {
  /** Absolute. */
  readonly directory: string
  /** Absolute. */
  readonly cacheDirectory: string
  readonly ports: {
    readonly kafka: number
    readonly kafkaController: number
    readonly registry: number
    readonly registryManagement: number
    readonly mysql: number
  }
  readonly jit: 'quick' | 'full'
  readonly database: 'auto' | 'mysql' | 'mariadb'
  readonly engine: 'auto' | 'native' | 'docker'
}

/** Something that a person can put right: the message says what and how. */
export class StackError extends Error {
  override readonly name = 'StackError'
}

/** The root of the project. */
export const PROJECT_DIRECTORY = resolve(import.meta.dirname, '..')

/**
 * Reads the environment.
 *
 * @throws {StackError} with everything that is wrong at once
 */
export function readStackConfig(variables: Readonly<Record<string, string | undefined>> = process.env): StackConfig {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = stackVariables.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
    throw new StackError(`These settings are wrong:\n${lines.join('\n')}`)
  }
  const { data } = parsed
  return {
    directory: resolve(data.STACK_DIR ?? join(PROJECT_DIRECTORY, '.stack')),
    cacheDirectory: resolve(data.STACK_CACHE ?? join(homedir(), '.cache', 'carillon-stack')),
    ports: {
      kafka: data.STACK_KAFKA_PORT,
      kafkaController: data.STACK_KAFKA_CONTROLLER_PORT,
      registry: data.STACK_REGISTRY_PORT,
      registryManagement: data.STACK_REGISTRY_MANAGEMENT_PORT,
      mysql: data.STACK_MYSQL_PORT,
    },
    jit: data.STACK_JIT,
    database: data.STACK_DATABASE,
    engine: data.STACK_ENGINE,
  }
}

/** The environment of a child: this one's, and more. */
export function childEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more }
}
