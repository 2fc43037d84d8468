import { BlockList, isIPv6 } from 'node:net'
import { Agent } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { httpServer, type LocalServer, openSink } from '#platform/testing'
import { openClient } from './client.ts'
import type { Lookup } from './guarded-connector.ts'
import { LOOPBACK_HOSTS, OTHER_REFUSED_HOSTS } from './refused-hosts.fixture.ts'
import { send } from './send.ts'

// Each spelling of an address that is not public, by every way but the direct one, which is the connector's own test: 0 connections.
const HOSTS = [...LOOPBACK_HOSTS, ...OTHER_REFUSED_HOSTS]
const clock = systemClock()
// Where the first request goes: it holds the v4-mapped form as well.
const FIRST = new BlockList()
FIRST.addAddress('127.0.0.1')
const closing: (() => PromiseLike<void>)[] = []
let sink: LocalServer

beforeAll(async () => {
  sink = await openSink()
  closing.push(() => sink[Symbol.asyncDispose]())
})
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
})

/** A server at 127.0.0.1 that redirects, and a client that may reach what is `allowed`. */
async function scene(allowed: string, locationOf: (path: string) => string, lookup: Lookup) {
  const server = await httpServer((request, response) => {
    // Each request comes on a connection of its own, so that each asks DNS.
    response.writeHead(302, { location: locationOf(request.url ?? ''), connection: 'close' }).end()
  })
  closing.push(() => server[Symbol.asyncDispose]())
  const client = await openClient({ allowPrivate: [allowed] }, clock, lookup)
  closing.push(() => client.destroy())
  return { server, ask: (url: string) => outcome(url, client) }
}

async function outcome(url: string, client: Parameters<typeof send>[1]['client']): Promise<string> {
  const request = { method: 'GET', url: new URL(url), headers: {}, body: undefined }
  const options = { client, clock, timeLimitMs: 5_000, isAnswer: (status: number) => status === 200 }
  return send(request, { ...options, read: async () => 'REACHED' }).catch((error: { code: string }) => error.code)
}

test(`${HOSTS.length} refused hosts are refused at the end of a redirect`, async () => {
  expect(HOSTS.length).toBeGreaterThanOrEqual(60)
  // A header has no letters beyond Latin-1; a host may be percent-encoded.
  const locationOf = (path: string): string => {
    const host = HOSTS[Number(path.slice(1))] ?? ''
    return `http://${host.replace(/[^\0-\x7f]/gu, encodeURIComponent)}:${sink.port}/`
  }
  const { server, ask } = await scene('first.example', locationOf, async () => ['127.0.0.1'])
  for (const [index, host] of HOSTS.entries()) {
    expect(await ask(`http://first.example:${server.port}/${index}`), host).toBe('HTTP_ADDRESS_REFUSED')
  }
  expect(server.connections()).toBe(HOSTS.length)
  expect(sink.connections()).toBe(0)
})

test('each is refused as an answer of DNS that changes its mind, as it is written and as it is meant', async () => {
  const answers = HOSTS.flatMap((host) => [host, new URL(`http://${host}/`).hostname])
    .map((text) => text.replace(/^\[(.*)\]$/, '$1'))
    .filter((text) => !FIRST.check(text, isIPv6(text) ? 'ipv6' : 'ipv4'))
  const asked = new Map<string, number>()
  const { server, ask } = await scene(
    '127.0.0.1/32',
    () => '/again',
    async (hostname) => {
      const times = (asked.get(hostname) ?? 0) + 1
      asked.set(hostname, times)
      return times === 1 ? ['127.0.0.1'] : [answers[Number(hostname.split('.')[0]?.slice(1))] ?? '']
    },
  )
  for (const [index, answer] of answers.entries()) {
    expect(await ask(`http://n${index}.rebinding.example:${server.port}/`), answer).toBe('HTTP_ADDRESS_REFUSED')
  }
  // Once each, before DNS changed its mind.
  expect(server.connections()).toBe(answers.length)
  expect(new Set(asked.values())).toEqual(new Set([2]))
})

test('planted mutant: without the guard the sink is reached by a redirect', async () => {
  const { server } = await scene(
    '127.0.0.1/32',
    () => `http://127.0.0.1:${sink.port}/`,
    async () => ['127.0.0.1'],
  )
  const mutant = new Agent()
  closing.push(() => mutant.destroy())
  await outcome(`http://127.0.0.1:${server.port}/`, mutant)
  expect(sink.connections()).toBeGreaterThan(0)
})
