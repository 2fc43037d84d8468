import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { readTypeDefs } from '#platform/graphql'
import { compose, drifted } from './compose.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])'
const one = {
  name: 'one',
  typeDefs: `${LINK} type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! n: Int @shareable }`,
}
const other = (n: string) => ({
  name: 'other',
  typeDefs: `${LINK} type Thing @key(fields: "id") { id: ID! n: ${n} @shareable }`,
})

test('the committed supergraph and API are those of the schemas', () => {
  const schemas = new URL('../schemas/', import.meta.url)
  const sources = ['auth', 'executions', 'jobs', 'registry'].map((name) => ({
    name,
    typeDefs: readTypeDefs(new URL(`${name}.graphql`, schemas)),
  }))
  const { supergraph, api, hints } = compose(sources)
  expect(hints).toEqual([])
  const expected = { 'supergraph.graphql': supergraph, 'api.graphql': api }
  expect(drifted(new URL('generated/', schemas), expected)).toEqual([])
})

test('subgraphs that do not fit are refused with the reason, and a doubtful fit gives a hint', () => {
  expect(() => compose([one, other('String')])).toThrow(/^FIELD_TYPE_MISMATCH: /)
  expect(compose([one, other('Int!')]).hints).toEqual([
    expect.stringMatching(/^INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE: /),
  ])
})

test('clients see no machinery of the federation', () => {
  const { api, supergraph } = compose([one, other('Int')])
  expect(supergraph).toContain('join__Graph')
  expect(api).not.toMatch(/join__|_entities|_service|@key/)
})

// Planted: a file that was edited, and one that was never written.
test('a drift is seen, file by file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-compose-'))
  writeFileSync(join(folder, 'same'), 'a')
  writeFileSync(join(folder, 'edited'), 'b')
  const expected = { same: 'a', edited: 'a', missing: 'a' }
  expect(drifted(pathToFileURL(`${folder}/`), expected)).toEqual(['edited', 'missing'])
})
