import { existsSync, globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filledOnce } from './cache.ts'
import { StackError } from './config.ts'
import { needTool, run } from './tools.ts'

const KAFKA_VERSION = '4.4.0'
const REGISTRY_VERSION = '3.0.9'
const FETCH_MS_MAX = 10 * 60_000

const REGISTRY_ARTIFACT = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`
// Newer ones insist on the description of the registry's parent, which is not published.
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8'

// Without an implementation of SLF4J the broker has no log at all.
const KAFKA_PARTS = [
  { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: KAFKA_VERSION },
  { groupId: 'org.apache.logging.log4j', artifactId: 'log4j-slf4j-impl', version: '2.25.5' },
]

/** The names of what is fetched with Maven, for people. */
export const JAVA_SERVERS = {
  kafka: `Kafka ${KAFKA_VERSION}`,
  registry: `Apicurio Registry ${REGISTRY_VERSION}`,
} as const

/** The folder of the broker's jars, from the cache, or through Maven as this machine has it set up. */
export function fetchKafka(cacheDirectory: string, onFetch: () => void): Promise<string> {
  return filledOnce(cacheDirectory, `kafka-${KAFKA_VERSION}`, async (folder) => {
    const mvn = needTool('mvn')
    onFetch()
    await maven(mvn, folder, ['copy-dependencies', '-DincludeScope=runtime'])
    if (!existsSync(join(folder, `kafka_2.13-${KAFKA_VERSION}.jar`))) throw new StackError('Maven brought no broker')
  })
}

/** The folder of the registry, likewise. */
export function fetchRegistry(cacheDirectory: string, onFetch: () => void): Promise<string> {
  return filledOnce(cacheDirectory, `apicurio-${REGISTRY_VERSION}`, async (folder) => {
    const mvn = needTool('mvn')
    onFetch()
    await maven(mvn, folder, ['unpack', `-Dartifact=${REGISTRY_ARTIFACT}`])
    if (!registryJar(folder)) throw new StackError('Maven brought no registry')
  })
}

/** The jar that is run, out of the registry's folder. */
export function registryJar(folder: string): string | undefined {
  return globSync('*run*.jar', { cwd: folder }).map((name) => join(folder, name))[0]
}

async function maven(mvn: string, folder: string, [goal, ...options]: readonly string[]): Promise<void> {
  const pom = join(folder, 'pom.xml')
  writeFileSync(pom, project())
  // A file whose checksum is wrong is an error, not a warning.
  const always = ['--batch-mode', '--quiet', '--strict-checksums', '--file', pom, `-DoutputDirectory=${folder}`]
  await run(mvn, [...always, `${DEPENDENCY_PLUGIN}:${goal}`, ...options], {
    timeoutMs: FETCH_MS_MAX,
    cwd: folder,
  })
}

/** A project that does nothing but depend on the broker. */
function project(): string {
  const self = { modelVersion: '4.0.0', groupId: 'carillon', artifactId: 'stack', version: '1', packaging: 'pom' }
  const dependencies = KAFKA_PARTS.map((part) => `<dependency>${elements(part)}</dependency>`).join('')
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">${elements(self)}<dependencies>${dependencies}</dependencies></project>\n`
}

function elements(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
}
