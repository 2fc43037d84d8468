// Proves the stack on this machine: comes up, comes up again, keeps its data over a stop, and leaves nothing behind.
// `node stack/round-trip.ts` takes half a minute, and ports and a folder of its own.
import { strict as assert } from 'node:assert'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { stackEnvironment } from './addresses.ts'
import { readStackConfig } from './config.ts'
import { run } from './tools.ts'

const STEP_MS_MAX = 10 * 60_000
const PORTS = [
  'STACK_KAFKA_PORT',
  'STACK_KAFKA_CONTROLLER_PORT',
  'STACK_REGISTRY_PORT',
  'STACK_REGISTRY_MANAGEMENT_PORT',
  'STACK_MYSQL_PORT',
]
const TOPIC = 'round-trip'

const directory = mkdtempSync(join(tmpdir(), 'stack-round-trip-'))
const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())] as const))
const environment = { STACK_DIR: directory, STACK_ENGINE: 'native', ...Object.fromEntries(ports) }
const addresses = stackEnvironment(readStackConfig(environment))

try {
  await stack('up')
  assert.match(await stack('up'), /kafka +already up/)
  await stack('status')
  await write()
  await stack('down')
  await assert.rejects(stack('status'))
  await stack('up')
  await read()
} finally {
  await stack('reset')
}
assert.equal(existsSync(join(directory, 'data')), false)
rmSync(directory, { recursive: true })
process.stdout.write('round trip: all held\n')

async function stack(command: string): Promise<string> {
  const output = await run(process.execPath, [join(import.meta.dirname, 'main.ts'), command], {
    timeoutMs: STEP_MS_MAX,
    environment,
  })
  process.stdout.write(`--- ${command}\n${output}`)
  return output
}

async function write(): Promise<void> {
  await withKafka((admin) => admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 2 }], waitForLeaders: true }))
  const body = JSON.stringify({ schema: '{"type":"string"}' })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${registry()}/subjects/${TOPIC}/versions`, { method: 'POST', body, headers })
  assert.equal(answer.status, 200)
  await sql('create database round_trip')
  await sql('create table round_trip.marks (id int primary key)')
  await sql('insert into round_trip.marks values (42)')
}

async function read(): Promise<void> {
  assert.ok((await withKafka((admin) => admin.listTopics())).includes(TOPIC))
  assert.deepEqual(await (await fetch(`${registry()}/subjects`)).json(), [TOPIC])
  assert.deepEqual(await (await fetch(`${registry()}/config`)).json(), { compatibilityLevel: 'FULL_TRANSITIVE' })
  assert.deepEqual(await sql('select id from round_trip.marks'), [{ id: 42 }])
}

async function withKafka<Answer>(work: (admin: kafkajs.Admin) => Promise<Answer>): Promise<Answer> {
  const brokers = [addresses['KAFKA_BROKERS'] ?? '']
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

async function sql(text: string): Promise<unknown> {
  const connection = await createConnection(addresses['MYSQL_URL'] ?? '')
  try {
    const [rows] = await connection.query<RowDataPacket[]>(text)
    return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : rows
  } finally {
    await connection.end()
  }
}

function registry(): string {
  return addresses['SCHEMA_REGISTRY_URL'] ?? ''
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
