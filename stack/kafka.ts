import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { LOCAL_HOST, stackFolders } from './addresses.ts'
import type { StackConfig } from './config.ts'
import type { ServerCommand, ServerProcess } from './server.ts'
import { run } from './tools.ts'

const FORMAT_MS_MAX = 60_000
const CLUSTER_ID_BYTES = 16

const LOGGING = `Configuration:
  Appenders:
    Console: { name: OUT, target: SYSTEM_OUT, PatternLayout: { pattern: "[%d] %p %m (%c)%n" } }
  Loggers:
    Root: { level: WARN, AppenderRef: { ref: OUT } }
    Logger: [{ name: kafka.server.KafkaRaftServer, level: INFO }]
`

/** The broker as a process. */
export function kafkaProcess(config: StackConfig): ServerProcess {
  const folders = stackFolders(config)
  return { name: 'kafka', folders, marker: join(folders.data, 'kafka', 'server.properties') }
}

/** Writes its settings, formats its storage the first time, and says how it is started. */
export async function prepareKafka(config: StackConfig, java: string, jars: string): Promise<ServerCommand> {
  const { marker: properties, folders } = kafkaProcess(config)
  const folder = join(folders.data, 'kafka')
  const logging = join(folder, 'log4j2.yaml')
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true })
  writeFileSync(properties, kafkaProperties(config, logs))
  writeFileSync(logging, LOGGING)
  const common = [`-Dlog4j2.configurationFile=${logging}`, '-cp', join(jars, '*')]
  if (!existsSync(join(logs, 'meta.properties'))) {
    const format = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', clusterId(), '-c', properties]
    await run(java, ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...common, ...format], { timeoutMs: FORMAT_MS_MAX })
  }
  const machine = ['-Xms512m', '-Xmx512m', '-XX:+UseG1GC', '-Djava.awt.headless=true']
  if (config.jit === 'quick') machine.push('-XX:TieredStopAtLevel=1')
  return { command: java, args: [...machine, ...common, 'kafka.Kafka', properties] }
}

/** Resolves once the broker serves clients; rejects when it does not yet. */
export async function askKafka({ ports }: StackConfig): Promise<void> {
  const client = new kafkajs.Kafka({
    clientId: 'carillon-stack',
    brokers: [`${LOCAL_HOST}:${ports.kafka}`],
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
  })
  const admin = client.admin()
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    if (brokers.length === 0) throw new Error('the cluster has no broker yet')
  } finally {
    await admin.disconnect()
  }
}

/** One node that is broker and controller; few partitions for its own topics, and no topic made by a misspelt name. */
export function kafkaProperties({ ports }: Pick<StackConfig, 'ports'>, logs: string): string {
  const client = `PLAINTEXT://${LOCAL_HOST}:${ports.kafka}`
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${LOCAL_HOST}:${ports.kafkaController}`,
    listeners: `${client},CONTROLLER://${LOCAL_HOST}:${ports.kafkaController}`,
    'advertised.listeners': client,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logs,
    'auto.create.topics.enable': false,
    'num.partitions': 3,
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.retention.hours': -1,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** As Kafka writes its ids; one that began with a dash would be taken for an option. */
function clusterId(): string {
  return randomBytes(CLUSTER_ID_BYTES).toString('base64url').replace(/^-/, 'A')
}
