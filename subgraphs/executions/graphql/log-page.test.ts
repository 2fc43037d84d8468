import { afterAll, beforeAll, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import type { Claim } from '../commands/ports.ts'
import { openWorld, request, type World } from '../executions.fixture.ts'
import type { LogLine } from '../projections/logs.ts'

const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const
// More chunks than one search looks at.
const CHUNKS = 150
let world: World
let id = ''

beforeAll(async () => {
  world = await openWorld({ clock })
  await world.executions.start()
  const { commands } = world.executions
  await request(world, {})
  await clock.settle()
  const append = async (claim: Claim, firstSeq: number, lines: readonly LogLine[]): Promise<void> => {
    await commands.appendLogs([{ claim, chunks: [{ firstSeq, lines }] }])
  }
  await commands.register('x1')
  const [first] = await commands.claim('x1', 'loop', 1)
  id = first!.execution.id
  const messages = ['debugging', 'Über den Wolken', 'be warned', '100% "lost"']
  await append(
    first!,
    1,
    messages.map((message, index) => ({ atMs: index, level: LEVELS[index] ?? 'INFO', message })),
  )
  await commands.declareAllLost()
  await commands.register('x2')
  const [second] = await commands.claim('x2', 'loop', 1)
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    await append(second!, 5 + chunk, [{ atMs: 0, level: 'INFO', message: `line ${chunk}` }])
  }
  await append(second!, 5 + CHUNKS, [{ atMs: 0, level: 'ERROR', message: 'the needle' }])
})
afterAll(() => world.close())

interface Logs {
  readonly edges: readonly { readonly node: { readonly seq: number } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

const PAGE = '{ edges { node { seq } } pageInfo { hasNextPage endCursor } }'

async function ask(query: string) {
  return world.graph.subgraph.execute({ query: `{ execution(id: "${id}") { ${query} } }` }, { token: 'workspace' })
}

async function logs(args: string): Promise<Logs> {
  const { data } = await ask(`logs(${args}) ${PAGE}`)
  return (data as { execution: { logs: Logs } }).execution.logs
}

/** All pages. @returns the numbers found, and how many pages that took */
async function allPages(args: string): Promise<{ readonly seqs: readonly number[]; readonly pages: number }> {
  const seqs: number[] = []
  let after = ''
  for (let pages = 1; ; pages++) {
    const { edges, pageInfo } = await logs(`${args}${after}`)
    seqs.push(...edges.map(({ node }) => node.seq))
    if (!pageInfo.hasNextPage) return { seqs, pages }
    after = `, after: "${pageInfo.endCursor}"`
  }
}

test.each([
  ['first: 100, attempt: 1', [1, 2, 3, 4]],
  ['first: 100, attempt: 1, level: WARN', [3, 4]],
  ['first: 100, attempt: 1, search: "üBER"', [2]],
  ['first: 100, attempt: 1, search: "% \\"LO"', [4]],
  ['first: 100, search: "line 14"', [19, ...Array.from({ length: 10 }, (_, index) => 145 + index)]],
  ['first: 2, level: ERROR', [4, 5 + CHUNKS]],
  ['first: 100, attempt: 9', []],
])('logs(%s) are lines %j', async (args, seqs) => {
  expect((await allPages(args)).seqs).toEqual(seqs)
})

test('a search ends its page where it has looked far enough, and goes on from there', async () => {
  const first = await logs('search: "needle"')
  expect(first.edges).toEqual([])
  expect(first.pageInfo.hasNextPage).toBe(true)
  const { seqs, pages } = await allPages('search: "needle"')
  expect(seqs).toEqual([5 + CHUNKS])
  expect(pages).toBeGreaterThan(2)
})

test('without a search no page is short, however small its chunks are', async () => {
  const { edges, pageInfo } = await logs('first: 120')
  expect(edges).toHaveLength(120)
  expect(pageInfo.hasNextPage).toBe(true)
  expect((await allPages('first: 120')).seqs).toHaveLength(5 + CHUNKS)
})

test('each attempt has its own lines', async () => {
  const { data } = await ask(`attempts { number logs(first: 3) ${PAGE} }`)
  const { attempts } = (data as { execution: { attempts: { number: number; logs: Logs }[] } }).execution
  expect(attempts.map((attempt) => attempt.logs.edges.map(({ node }) => node.seq))).toEqual([
    [1, 2, 3],
    [5, 6, 7],
  ])
  expect(attempts.map((attempt) => attempt.logs.pageInfo.hasNextPage)).toEqual([true, true])
})

test('a search has a length, and an operation a number of logs', async () => {
  for (const search of ['', 'x'.repeat(201)]) {
    const { errors } = await ask(`logs(search: "${search}") ${PAGE}`)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { argument: 'search' } })
  }
  const many = Array.from({ length: 201 }, (_, index) => `l${index}: logs(first: 1) ${PAGE}`).join(' ')
  expect((await ask(many)).errors?.[0]?.extensions?.code).toBe('LIMIT_EXCEEDED')
})
