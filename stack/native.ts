import type { Clock } from '#platform/clock'
import { type StackConfig, StackError } from './config.ts'
import { prepareDatabase } from './database.ts'
import { fetchKafka, fetchRegistry, JAVA_SERVERS } from './fetch-java.ts'
import { askKafka, kafkaProcess, prepareKafka } from './kafka.ts'
import { askMysql, databaseProcess } from './mysql.ts'
import { askRegistry, registryCommand, registryProcess, setCompatibility } from './registry.ts'
import {
  needFreePort,
  runningPid,
  type ServerCommand,
  type ServerProcess,
  startServer,
  stopServer,
  whenItAnswers,
} from './server.ts'
import { needJava } from './tools.ts'

/** What a command of the stack works with. */
export interface StackContext {
  readonly config: StackConfig
  readonly clock: Clock
  /** Tells a person, a line at a time; `about` is a server. */
  say(about: string, text: string): void
}

const START_MS_MAX = 120_000

/**
 * Brings up what is not up: the broker beside the database, then the registry, which keeps its schemas in the broker.
 *
 * @throws {StackError} with everything that went wrong
 */
export async function upNative(context: StackContext): Promise<void> {
  const { config, say } = context
  const java = once(needJava)
  const jars = once(async () => {
    await java()
    return fetchKafka(config.cacheDirectory, () => say('kafka', `fetching ${JAVA_SERVERS.kafka} (about 45 MB, once)`))
  })
  const home = once(async () => {
    // One Maven at a time: two would share its repository, where they trip over each other.
    await jars()
    return fetchRegistry(config.cacheDirectory, () =>
      say('registry', `fetching ${JAVA_SERVERS.registry} (about 110 MB, once)`),
    )
  })
  const kafka = upKafka(context, java, jars)
  const outcomes = await Promise.allSettled([kafka, upRegistry(context, java, home, kafka), upDatabase(context)])
  const reasons = new Set(
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : [])),
  )
  const unexpected = [...reasons].find((reason) => !(reason instanceof StackError))
  if (unexpected) throw unexpected
  if (reasons.size > 0) throw new StackError([...new Set([...reasons].map(({ message }) => message))].join('\n'))
}

/** Ends what runs, what depends on others first. */
export async function downNative(context: StackContext): Promise<void> {
  const { config } = context
  await stopped(context, registryProcess(config))
  await Promise.all([stopped(context, kafkaProcess(config)), stopped(context, databaseProcess(config))])
}

/** The servers of this stack that run natively, with their pids. */
export function runningNative(config: StackConfig): Readonly<Record<string, number>> {
  const processes = [kafkaProcess(config), registryProcess(config), databaseProcess(config)]
  return Object.fromEntries(
    processes.flatMap((server) => {
      const pid = runningPid(server)
      return pid === undefined ? [] : [[server.name, pid] as const]
    }),
  )
}

/** Asked for by who needs it, and done once. */
type Found = () => Promise<string>

function once(find: Found): Found {
  let found: Promise<string> | undefined
  return () => {
    found ??= find()
    return found
  }
}

async function upKafka(context: StackContext, java: Found, jars: Found): Promise<void> {
  const { config } = context
  const server = kafkaProcess(config)
  const ask = () => askKafka(config)
  await up(context, { server, ask, say: () => JAVA_SERVERS.kafka }, async () => {
    const [found, folder] = await Promise.all([java(), jars()])
    await needFreePort(config.ports.kafka, 'STACK_KAFKA_PORT')
    await needFreePort(config.ports.kafkaController, 'STACK_KAFKA_CONTROLLER_PORT')
    return prepareKafka(config, found, folder)
  })
}

async function upRegistry(context: StackContext, java: Found, home: Found, kafka: Promise<void>): Promise<void> {
  const { config } = context
  const server = registryProcess(config)
  const ask = () => askRegistry(config)
  await up(context, { server, ask, say: () => JAVA_SERVERS.registry }, async () => {
    const [found, folder] = await Promise.all([java(), home(), kafka])
    await needFreePort(config.ports.registry, 'STACK_REGISTRY_PORT')
    await needFreePort(config.ports.registryManagement, 'STACK_REGISTRY_MANAGEMENT_PORT')
    return registryCommand(config, found, folder)
  })
  await kafka
  await setCompatibility(config)
}

async function upDatabase(context: StackContext): Promise<void> {
  const { config, say } = context
  const ask = () => askMysql(config)
  await up(context, { server: databaseProcess(config), ask, say: (version) => version }, async () => {
    await needFreePort(config.ports.mysql, 'STACK_MYSQL_PORT')
    return prepareDatabase(config, (text) => say('mysql', text))
  })
}

interface Upcoming<Answer> {
  readonly server: ServerProcess
  ask(): Promise<Answer>
  say(answer: Answer): string
}

/** Starts a server that does not run, and waits until it answers either way. */
async function up<Answer>(
  context: StackContext,
  { server, ask, say: name }: Upcoming<Answer>,
  prepare: () => Promise<ServerCommand>,
): Promise<void> {
  const { clock, say } = context
  if (runningPid(server) !== undefined) {
    say(server.name, `already up: ${name(await whenItAnswers(server, { clock, limitMs: START_MS_MAX, ask }))}`)
    return
  }
  const command = await prepare()
  const startedMs = clock.monotonicMs()
  startServer(server, command)
  const answer = await whenItAnswers(server, { clock, limitMs: START_MS_MAX, ask })
  say(server.name, `ready after ${((clock.monotonicMs() - startedMs) / 1_000).toFixed(1)} s: ${name(answer)}`)
}

async function stopped({ clock, say }: StackContext, server: ServerProcess): Promise<void> {
  const outcome = await stopServer(server, clock)
  if (outcome === 'killed') say(server.name, 'WARNING: did not end within 20 s and was killed')
  else if (outcome) say(server.name, 'stopped')
}
