import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { schemaText } from '#avro'
import { systemClock } from '#platform/clock'
import { RegistryUnavailableError } from './errors.ts'
import { openRegistryClient } from './registry-client.ts'

const SUBJECT = 'carillon.auth.SessionRevoked'
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A registry whose subjects have a weaker rule than ours, and what it does when it is told ours. */
async function openRegistry(putRule: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    if (request.method === 'PUT') putRule(request, response)
    else response.setHeader('content-type', 'application/json').end('{"compatibilityLevel":"NONE"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a registry that refuses our rule for a subject is told of, with what it said', async () => {
  const url = await openRegistry((_request, response) => response.writeHead(403).end())
  const error = await openRegistryClient(url, systemClock())
    .register(SUBJECT, schemaText(SUBJECT))
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RegistryUnavailableError)
  expect(((error as Error).cause as Error).message).toContain('the registry said 403 to FULL_TRANSITIVE')
})

test('a registry that says nothing to our rule is given up on, and the request ended', async () => {
  const asked = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const url = await openRegistry((request) => {
    request.socket.on('close', () => ended.resolve())
    asked.resolve()
  })
  const clock = { sleep: () => asked.promise, monotonicMs: () => 0 }
  const registering = openRegistryClient(url, clock).register(SUBJECT, schemaText(SUBJECT))
  await expect(registering).rejects.toThrow(RegistryUnavailableError)
  await ended.promise
})

test('a registry is there as long as it says what its rule is, and the last request counts', async () => {
  const url = await openRegistry((_request, response) => response.writeHead(500).end())
  const client = openRegistryClient(url, systemClock())
  expect(await client.isThere()).toBe(true)
  await client.register(SUBJECT, schemaText(SUBJECT)).catch(() => undefined)
  expect(await client.isThere()).toBe(false)
  const nobody = openRegistryClient('http://127.0.0.1:1', systemClock())
  expect(await nobody.isThere()).toBe(false)
})
