import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { topics } from '#avro'
import { systemClock } from '#platform/clock'
import { stackAddresses } from '#platform/testing'
import { IncompatibleSchemaError, RegistryUnavailableError } from './errors.ts'
import { openRegistryClient } from './registry-client.ts'
import { registrySchemas } from './registry-schemas.ts'
import { describeSchemas } from './schemas.contract.ts'
import type { Schemas } from './schemas.ts'

const { registryUrl } = stackAddresses()
const clock = systemClock()
const REVOKED = 'carillon.auth.SessionRevoked'
const revoked = { userId: 'u', sessionId: 's', reason: 'LOGGED_OUT', revokedAt: new Date(5) } as const

describeSchemas('registry', async () => {
  // A prefix for each test: to it, the registry is empty.
  const subjectPrefix = `${clock.newId()}.`
  const schemas = registrySchemas({ url: registryUrl, clock, subjectPrefix })
  const client = openRegistryClient(registryUrl, clock)
  return { schemas, registerSchema: (subject, avsc) => client.register(subjectPrefix + subject, avsc) }
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A way to the registry that a test can spoil. */
async function openGate(): Promise<{ url: string; answer: 'registry' | 'cut' | '404' }> {
  const gate: { url: string; answer: 'registry' | 'cut' | '404' } = { url: '', answer: 'registry' }
  const server = createServer(async (request, response) => {
    if (gate.answer === 'cut') {
      request.socket.destroy()
      return
    }
    if (gate.answer === '404') {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<p>Not here')
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { origin, pathname } = new URL(registryUrl)
    const method = request.method ?? 'GET'
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) }
    const answer = await fetch(`${origin}${pathname}${request.url}`, { method, headers, ...body })
    const type = { 'content-type': answer.headers.get('content-type') ?? 'application/json' }
    response.writeHead(answer.status, type).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  gate.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return gate
}

async function wireOf(schemas: Schemas): Promise<Uint8Array> {
  return schemas.frame(await schemas.register(REVOKED), schemas.encode(REVOKED, revoked))
}

test('a record of another process is read, and goes on being read while the registry is away', async () => {
  const wire = await wireOf(registrySchemas({ url: registryUrl, clock }))
  const gate = await openGate()
  const reader = registrySchemas({ url: gate.url, clock })
  expect(await reader.decode(wire)).toEqual({ name: REVOKED, value: revoked })
  gate.answer = 'cut'
  expect(await reader.decode(wire)).toEqual({ name: REVOKED, value: revoked })
})

test.each(['cut', '404'] as const)('an id that nobody can look up (%s) is an outage, and heals', async (answer) => {
  const wire = await wireOf(registrySchemas({ url: registryUrl, clock }))
  const gate = await openGate()
  const reader = registrySchemas({ url: gate.url, clock })
  gate.answer = answer
  await expect(reader.decode(wire)).rejects.toThrow(RegistryUnavailableError)
  gate.answer = 'registry'
  expect((await reader.decode(wire)).value).toEqual(revoked)
})

test('registering while the registry is away is an outage, and heals', async () => {
  const gate = await openGate()
  const schemas = registrySchemas({ url: gate.url, clock })
  gate.answer = 'cut'
  await expect(schemas.register(REVOKED)).rejects.toThrow(RegistryUnavailableError)
  expect(() => schemas.idOf(REVOKED)).toThrow('not registered')
  gate.answer = 'registry'
  expect(await schemas.register(REVOKED)).toBe(schemas.idOf(REVOKED))
})

test('a build whose schema does not fit the registry is told so', async () => {
  const subjectPrefix = `${clock.newId()}.`
  const client = openRegistryClient(registryUrl, clock)
  const other = { type: 'record', name: REVOKED, fields: [{ name: 'other', type: 'int' }] }
  await client.register(subjectPrefix + REVOKED, JSON.stringify(other))
  const schemas = registrySchemas({ url: registryUrl, clock, subjectPrefix })
  await expect(schemas.register(REVOKED)).rejects.toThrow(IncompatibleSchemaError)
})

test.each(Object.values(topics))('the registry takes the schema of $name', async ({ schema }) => {
  const schemas = registrySchemas({ url: registryUrl, clock, subjectPrefix: `${clock.newId()}.` })
  expect(await schemas.register(schema)).toBe(schemas.idOf(schema))
})

test('processes that start at once on an empty registry all register', async () => {
  const subjectPrefix = `${clock.newId()}.`
  const starting = Array.from({ length: 8 }, () => registrySchemas({ url: registryUrl, clock, subjectPrefix }))
  const ids = await Promise.all(starting.map((schemas) => schemas.register('carillon.jobs.JobChanged')))
  expect(new Set(ids).size).toBe(1)
})

test('whether the registry is there is known, also after it was away', async () => {
  const gate = await openGate()
  const schemas = registrySchemas({ url: gate.url, clock })
  expect(await schemas.isRegistryThere()).toBe(true)
  gate.answer = 'cut'
  await expect.poll(() => schemas.isRegistryThere(), { timeout: 10_000 }).toBe(false)
  gate.answer = 'registry'
  await expect.poll(() => schemas.isRegistryThere(), { timeout: 10_000 }).toBe(true)
})
