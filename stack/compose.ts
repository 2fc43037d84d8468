import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stackFolders } from './addresses.ts'
import { PROJECT_DIRECTORY, type StackConfig, StackError } from './config.ts'
import { askKafka } from './kafka.ts'
import { askMysql } from './mysql.ts'
import type { StackContext } from './native.ts'
import { askRegistry, setCompatibility } from './registry.ts'
import { findTool, run } from './tools.ts'

const INFO_MS_MAX = 3_000
const COMPOSE_MS_MAX = 10 * 60_000
const SERVERS = ['kafka', 'registry', 'mysql'] as const

/** Whether an engine answers within 3 s; the command alone proves nothing. */
export async function isDockerThere(): Promise<boolean> {
  const docker = findTool('docker')
  if (!docker) return false
  try {
    await run(docker, ['info'], { timeoutMs: INFO_MS_MAX })
    return true
  } catch {
    return false
  }
}

/** Whether this stack was last brought up in containers. */
export function isComposed(config: StackConfig): boolean {
  return existsSync(markOf(config))
}

/** Brings up the three servers of docker-compose.yml, and nothing else, in a project of this stack's own. */
export async function upCompose({ config, say }: StackContext): Promise<void> {
  mkdirSync(stackFolders(config).run, { recursive: true })
  writeFileSync(markOf(config), '')
  say('docker', 'bringing up kafka, registry and mysql')
  await compose(config, ['up', '--detach', '--wait', ...SERVERS])
  await Promise.all([askKafka(config), askRegistry(config), askMysql(config)])
  await setCompatibility(config)
  say('docker', 'ready')
}

/** Ends them; their volumes stay unless `withData`. */
export async function downCompose(context: StackContext, { withData }: { readonly withData: boolean }): Promise<void> {
  const { config, say } = context
  await compose(config, ['down', ...(withData ? ['--volumes'] : [])])
  rmSync(markOf(config), { force: true })
  say('docker', 'stopped')
}

/** The project of a stack: stacks in other folders have others. */
export function projectName({ directory }: Pick<StackConfig, 'directory'>): string {
  return `carillon-stack-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}`
}

function markOf(config: StackConfig): string {
  return join(stackFolders(config).run, 'composed')
}

async function compose(config: StackConfig, args: readonly string[]): Promise<void> {
  const docker = findTool('docker')
  if (!docker) throw new StackError('docker is missing: install it, or set STACK_ENGINE=native')
  const files = ['docker-compose.yml', 'deploy/stack.yml'].flatMap((file) => ['--file', join(PROJECT_DIRECTORY, file)])
  await run(docker, ['compose', '--project-name', projectName(config), ...files, ...args], {
    timeoutMs: COMPOSE_MS_MAX,
    cwd: PROJECT_DIRECTORY,
    environment: {
      STACK_KAFKA_PORT: String(config.ports.kafka),
      STACK_REGISTRY_PORT: String(config.ports.registry),
      STACK_MYSQL_PORT: String(config.ports.mysql),
      // The whole file is read, and its services demand one; here nobody logs in with it.
      MYSQL_PASSWORD: 'unused',
    },
  })
}
