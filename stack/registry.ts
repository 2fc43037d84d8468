import { join } from 'node:path'
import { LOCAL_HOST, stackEnvironment, stackFolders } from './addresses.ts'
import { type StackConfig, StackError } from './config.ts'
import { registryJar } from './fetch-java.ts'
import type { ServerCommand, ServerProcess } from './server.ts'

const ASK_MS_MAX = 5_000

/** Writers and readers of every version understand each other: events are kept for long and services differ in age. */
const COMPATIBILITY = 'FULL_TRANSITIVE'

/** The registry as a process. It keeps its schemas in Kafka. */
export function registryProcess(config: StackConfig): ServerProcess {
  const folders = stackFolders(config)
  return { name: 'registry', folders, marker: `-Dcarillon.stack=${join(folders.run, 'registry')}` }
}

/** How it is started. */
export function registryCommand(config: StackConfig, java: string, folder: string): ServerCommand {
  const jar = registryJar(folder)
  if (!jar) throw new StackError(`${folder} has no jar to run: delete it, and it is fetched again`)
  const { ports, jit } = config
  const settings = {
    'apicurio.storage.kind': 'kafkasql',
    'apicurio.kafkasql.bootstrap.servers': `${LOCAL_HOST}:${ports.kafka}`,
    'quarkus.http.host': LOCAL_HOST,
    'quarkus.http.port': ports.registry,
    'quarkus.management.host': LOCAL_HOST,
    'quarkus.management.port': ports.registryManagement,
    'apicurio.ccompat.legacy-id-mode.enabled': false,
    'apicurio.rest.deletion.artifact-version.enabled': true,
    'quarkus.log.level': 'WARN',
    'apicurio.log.level': 'WARN',
  }
  const machine = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', registryProcess(config).marker]
  if (jit === 'quick') machine.push('-XX:TieredStopAtLevel=1')
  const properties = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`)
  return { command: java, args: [...machine, ...properties, '-jar', jar] }
}

/** Resolves once the registry lists its subjects; rejects when it does not yet. */
export async function askRegistry(config: StackConfig): Promise<void> {
  await request(config, '/subjects')
}

/** Sets the compatibility that holds for every subject that says nothing else, where it is not set yet. */
export async function setCompatibility(config: StackConfig): Promise<void> {
  const current = (await request(config, '/config')) as { readonly compatibilityLevel?: string }
  if (current.compatibilityLevel === COMPATIBILITY) return
  await request(config, '/config', { compatibility: COMPATIBILITY })
}

async function request(config: StackConfig, path: string, body?: unknown): Promise<unknown> {
  const url = `${stackEnvironment(config)['SCHEMA_REGISTRY_URL']}${path}`
  const change = { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(url, { ...(body ? change : {}), signal: AbortSignal.timeout(ASK_MS_MAX) })
  const text = await answer.text()
  if (!answer.ok) throw new StackError(`${url} answers ${answer.status}: ${text.slice(0, 200)}`)
  return JSON.parse(text)
}
