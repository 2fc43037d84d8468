import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { silentLog } from '#platform/telemetry'
import { enforceAccess, type GuardedSupergraph } from './graph/access.ts'
import { openGraph } from './graph/graph.ts'
import { TEST_SCHEMAS } from './testing/schemas.ts'
import { testIdentity } from './testing/session.ts'
import { authSubgraph, executionsSubgraph, jobsSubgraph } from './testing/subgraphs.ts'
import { composedTestSchemas, openWorld } from './testing/world.ts'

type Guard = (supergraphSdl: string) => GuardedSupergraph

/** Whether somebody who is not signed in is kept from a guarded type of which the subgraph itself makes no secret. */
async function keepsStrangersOut(guard: Guard): Promise<boolean> {
  const identity = testIdentity(systemClock())
  const graph = await openGraph({
    supergraphSdl: composedTestSchemas(),
    subgraphs: [authSubgraph(identity), jobsSubgraph(identity), executionsSubgraph(identity)],
    isProduction: false,
    log: silentLog(),
    guard,
  })
  const { data, errors } = await graph.run({ query: '{ secret { word } }' }, { caller: undefined, upstream: {} })
  await graph.close()
  if (errors?.[0]?.extensions?.code === 'UNAUTHENTICATED') return true
  expect(data).toEqual({ secret: { word: 'sesame' } })
  return false
}

test('a guarded type is kept from strangers', async () => {
  expect(await keepsStrangersOut(enforceAccess)).toBe(true)
})

// Planted: what is left when the mark that stops the gateway is taken away and nobody enforces what it stood for.
test('a supergraph without its mark and without the plugin serves strangers, and the check above sees it', async () => {
  const unguarded: Guard = (sdl) => ({ supergraphSdl: enforceAccess(sdl).supergraphSdl, plugin: {} })
  expect(await keepsStrangersOut(unguarded)).toBe(false)
})

test('the gateway refuses a supergraph whose mark is still there', async () => {
  const marked: Guard = (supergraphSdl) => ({ ...enforceAccess(supergraphSdl), supergraphSdl })
  await expect(keepsStrangersOut(marked)).rejects.toThrow()
})

test('the mark of a security feature that nobody enforces stays, so that the gateway does not load', async () => {
  const scopes = TEST_SCHEMAS.auth
    .replace('"@authenticated"]', '"@authenticated", "@requiresScopes"]')
    .replace('users: [User!]!', 'users: [User!]! @requiresScopes(scopes: [["users:read"]])')
  const supergraphSdl = composedTestSchemas({ ...TEST_SCHEMAS, auth: scopes })
  expect(enforceAccess(supergraphSdl).supergraphSdl).toContain('for: SECURITY')
  await expect(openWorld({ supergraphSdl })).rejects.toThrow()
})

test('a mark in a form that is not known does not pass for no mark', () => {
  const unknown = composedTestSchemas().replace('specs.apollo.dev/authenticated', 'specs.example.org/authenticated')
  expect(() => enforceAccess(unknown)).toThrow('without the mark')
})

test('fragments, aliases and types guard alike; another operation of the document does not matter', async () => {
  const world = await openWorld()
  const statusOf = async (query: string, more: object = {}): Promise<number> => {
    const headers = { 'content-type': 'application/json' }
    return (await world.http('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, ...more }) })).status
  }
  expect(await statusOf('{ me { id } }')).toBe(401)
  expect(await statusOf('{ ...F } fragment F on Query { x: me { id } }')).toBe(401)
  expect(await statusOf('{ ... on Query { ...F } } fragment F on Query { users { id } s: secret { word } }')).toBe(401)
  expect(await statusOf('{ users { id } }')).toBe(200)
  const both = 'query Open { users { id } } query Guarded { me { id } }'
  expect(await statusOf(both, { operationName: 'Open' })).toBe(200)
  expect(await statusOf(both, { operationName: 'Guarded' })).toBe(401)
  expect(await statusOf(both, { operationName: 'Missing' })).toBe(400)
  expect(world.auth.seen.requests).toBe(2)
  await world.close()
})
