import { createHash } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { createConnection } from 'mysql2/promise'
import { stackAddresses } from './stack-addresses.ts'

const DATABASES = ['auth', 'jobs', 'scheduler', 'executions'] as const

/** Whether tests and bench run the services as processes of their own on the real parts (`CARILLON_SYSTEM=stack`). */
export function isOnStack(): boolean {
  return process.env.CARILLON_SYSTEM === 'stack'
}

/** From now on this process's tests and bench do. */
export function useStack(): void {
  process.env.CARILLON_SYSTEM = 'stack'
}

/** What a process that a test starts has from the test's own. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env }
}

/** What makes a system on the shared servers one of its own: the same for the same data folder. */
export function stackSystemEnvironment(dataDirectory: string): Readonly<Record<string, string>> {
  const { kafkaBrokers, registryUrl, mysqlUrl } = stackAddresses()
  const prefix = prefixOf(dataDirectory)
  return {
    KAFKA_BROKERS: kafkaBrokers,
    SCHEMA_REGISTRY_URL: registryUrl,
    MYSQL_URL: mysqlUrl,
    MYSQL_DATABASE_PREFIX: `${prefix}_`,
    KAFKA_TOPIC_PREFIX: `${prefix}.`,
    DASHBOARD_PORT: '0',
  }
}

/** Drops the databases and topics of a system that has ended. */
export async function dropStackSystem(dataDirectory: string): Promise<void> {
  const { kafkaBrokers, mysqlUrl } = stackAddresses()
  const prefix = prefixOf(dataDirectory)
  const connection = await createConnection(mysqlUrl)
  for (const name of DATABASES) await connection.query(`drop database if exists ${prefix}_${name}`)
  await connection.end()
  const admin = new Kafka({ brokers: kafkaBrokers.split(','), clientId: prefix, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${prefix}.`))
    if (topics.length > 0) await admin.deleteTopics({ topics })
  } finally {
    await admin.disconnect()
  }
}

/** Runs SQL in one of its databases, from beside. */
export async function stackRows<R>(dataDirectory: string, database: string, sql: string): Promise<readonly R[]> {
  const url = new URL(stackAddresses().mysqlUrl)
  url.pathname = `/${prefixOf(dataDirectory)}_${database}`
  const connection = await createConnection(url.toString())
  try {
    const [rows] = await connection.query(sql)
    return rows as R[]
  } finally {
    await connection.end()
  }
}

function prefixOf(dataDirectory: string): string {
  return `t${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 12)}`
}
