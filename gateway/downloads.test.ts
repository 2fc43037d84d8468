import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { realGraph } from './testing/real-graph.ts'
import { bearer, openWorld, type World } from './testing/world.ts'

const AT = new Date('2026-11-23T10:00:00Z')
/** A file that is read by three bytes at a time. */
const file = (name: string, mediaType: string, content: string, stored = content) => ({
  ...{ name, mediaType, sizeBytes: Buffer.byteLength(content), sha256: hash('sha256', stored) },
  slice: ({ from }: { from: number }) =>
    Buffer.from(content)
      .subarray(from, from + 3)
      .toString('base64'),
})
const files = [
  file('sales.csv', 'text/csv', 'a,b\nü\n'),
  file('ü"\r\nx: y.html', 'text/html\r\nx: y', '<b>'),
  file('empty.txt', 'text/plain', ''),
  file('rotten.txt', 'text/plain', 'rotten', 'fresh!'),
]
const artefacts = ({ name }: { name?: string }) => files.filter((one) => name === undefined || one.name === name)
const line = (seq: number, message: string) => ({ seq, attempt: 2, at: AT, level: 'WARN', message })
const execution = { id: 'e1', artefacts }

let answer: object | null
let world: World
let token: string

beforeAll(async () => {
  const subgraphs = realGraph(() => answer)
  const supergraphSdl = readFileSync(new URL('../schemas/generated/supergraph.graphql', import.meta.url), 'utf8')
  world = await openWorld({ subgraphs, supergraphSdl })
  token = world.identity.issue('ada')
})
afterAll(() => world.close())
beforeEach(() => {
  answer = execution
})

const get = (path: string) => world.http(path, { headers: bearer(token) })

test('a log is downloaded page after page, as text or as lines of JSON', async () => {
  const pages = [
    { edges: [{ cursor: 'c1', node: line(1, 'one') }], pageInfo: { hasNextPage: true, endCursor: 'c1' } },
    { edges: [], pageInfo: { hasNextPage: true, endCursor: 'c5' } },
    { edges: [{ cursor: 'c9', node: line(9, 'nine\nof two') }], pageInfo: { hasNextPage: false, endCursor: 'c9' } },
  ]
  const serve = (): void => {
    const left = pages.values()
    answer = { ...execution, logs: () => left.next().value }
  }
  serve()
  const { text, headers } = await get('/executions/e1/log')
  expect(text).toBe(`${AT.toISOString()} WARN  2 one\n${AT.toISOString()} WARN  2 nine\n    of two\n`)
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(headers.get('content-disposition')).toContain('attachment; filename="execution-e1.log"')
  serve()
  const lines = (await get('/executions/e1/log?format=jsonl&level=WARN&attempt=2&search=n')).text.trim().split('\n')
  expect(lines.map((json) => JSON.parse(json).seq)).toEqual([1, 9])
  serve()
  expect(await world.http('/executions/e1/log', { method: 'HEAD', headers: bearer(token) })).toMatchObject({
    status: 200,
    text: '',
  })
  for (const query of ['format=xml', 'attempt=two', 'level=LOUD']) {
    expect((await get(`/executions/e1/log?${query}`)).status).toBe(400)
  }
  answer = null
  expect(await get('/executions/e1/log')).toMatchObject({ status: 404, body: { code: 'EXECUTION_NOT_FOUND' } })
})

test('a log of which a later page cannot be read is a broken download, and no short one', async () => {
  let page = 0
  const logs = (): object => {
    page += 1
    if (page > 1) throw new Error('away')
    return { edges: [{ cursor: 'c1', node: line(1, 'one') }], pageInfo: { hasNextPage: true, endCursor: 'c1' } }
  }
  answer = { ...execution, logs }
  await expect(get('/executions/e1/log')).rejects.toThrow()
  expect(page).toBe(2)
})

test('an artefact is a download of its own kind', async () => {
  const { text, headers } = await get('/executions/e1/artefacts/sales.csv')
  expect(text).toBe('a,b\nü\n')
  expect(headers.get('content-length')).toBe('7')
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(headers.get('content-disposition')).toBe(`attachment; filename="sales.csv"; filename*=UTF-8''sales.csv`)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect((await get('/executions/e1/artefacts/other.csv')).status).toBe(404)
  expect(await get('/executions/e1/artefacts/empty.txt')).toMatchObject({ status: 200, text: '' })
})

test('a file that is not what was stored is a broken download', async () => {
  await expect(get('/executions/e1/artefacts/rotten.txt')).rejects.toThrow()
})

test('a name or a media type cannot add headers, nor be shown as a page of ours', async () => {
  const {
    status: found,
    headers,
    text,
  } = await get(`/executions/e1/artefacts/${encodeURIComponent('ü"\r\nx: y.html')}`)
  expect(found).toBe(200)
  expect(text).toBe('<b>')
  expect(headers.get('x')).toBeNull()
  expect(headers.get('content-type')).toBe('application/octet-stream')
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w. -]+"; filename\*=UTF-8''%C3%BC%22/)
  expect(headers.get('content-security-policy')).toContain('sandbox')
})
