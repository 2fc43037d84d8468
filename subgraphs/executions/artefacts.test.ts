import { afterEach, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import type { Claim } from './commands/ports.ts'
import { openWorld, request, type World } from './executions.fixture.ts'

let clock: MovedClock
let world: World

async function claimed(count: number): Promise<readonly Claim[]> {
  clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  world = await openWorld({ clock })
  await world.executions.start()
  await world.executions.commands.register('x1')
  await request(world, ...Array.from({ length: count }, () => ({})))
  await clock.settle()
  return world.executions.commands.claim('x1', 'loop', count)
}
afterEach(() => world.close())

const file = (content: string, name = 'a.csv') => ({ name, mediaType: 'text/csv', content })
const objects = async (): Promise<number> =>
  (await world.database.reader.all('select object_key from stored_objects')).length

async function ask(executionId: string, fields: string) {
  const query = `{ execution(id: "${executionId}") { artefacts(name: "a.csv") { ${fields} } } }`
  return world.graph.subgraph.execute({ query }, { token: 'workspace' })
}

test('what is stored twice, because its acknowledgement was lost, is there once', async () => {
  const [claim] = await claimed(1)
  const { commands } = world.executions
  const id = claim!.execution.id
  await commands.storeArtefacts(id, [file('same')])
  const artefacts = await commands.storeArtefacts(id, [file('same'), file('same', 'b.csv')])
  expect(await objects()).toBe(1)
  await commands.finish([{ claim: claim!, outcome: { status: 'SUCCEEDED', result: 'null' }, artefacts, log: [] }])
  expect((await ask(id, 'name content')).data).toEqual({
    execution: { artefacts: [{ name: 'a.csv', content: 'same' }] },
  })
})

test('a file is read in slices', async () => {
  const [claim] = await claimed(1)
  const { commands } = world.executions
  const id = claim!.execution.id
  const content = 'ü'.repeat(200_000)
  const artefacts = await commands.storeArtefacts(id, [file(content)])
  await commands.finish([{ claim: claim!, outcome: { status: 'SUCCEEDED', result: 'null' }, artefacts, log: [] }])
  const slice = async (from: number): Promise<Buffer> => {
    const { data } = await ask(id, `slice(from: ${from})`)
    const { execution } = data as { execution: { artefacts: [{ slice: string }] } }
    return Buffer.from(execution.artefacts[0].slice, 'base64')
  }
  const [first, second, third] = [await slice(0), await slice(262_144), await slice(400_000)]
  expect(Buffer.concat([first!, second!]).toString()).toBe(content)
  expect(third).toHaveLength(0)
  expect((await ask(id, 'slice(from: -1)')).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
})

test('a file of before there were storages is read from its row', async () => {
  const [claim] = await claimed(1)
  const { id, workspaceId } = claim!.execution
  const columns = ['execution_id', 'name', 'workspace_id', 'media_type', 'size_bytes', 'sha256', 'content']
  const row = [id, 'a.csv', workspaceId, 'text/csv', 3, 'x', 'old']
  await world.database.unit([], (unit) => unit.insertMany('artefacts', columns, [row]))
  expect((await ask(id, 'content slice(from: 1)')).data).toEqual({
    execution: { artefacts: [{ content: 'old', slice: Buffer.from('ld').toString('base64') }] },
  })
})

test('files are swept once their execution has ended without them, and no others', async () => {
  const [kept, orphaned, open] = await claimed(3)
  const { commands } = world.executions
  const stored = new Map<Claim, Awaited<ReturnType<typeof commands.storeArtefacts>>>()
  for (const claim of [kept!, orphaned!, open!]) {
    stored.set(claim, await commands.storeArtefacts(claim.execution.id, [file(`of ${claim.execution.id}`)]))
  }
  await commands.storeArtefacts('019a0000-of-another-system', [file('theirs')])
  expect(await commands.sweepArtefacts()).toBe(0)
  const outcome = { status: 'SUCCEEDED', result: 'null' } as const
  await commands.finish([
    { claim: kept!, outcome, artefacts: stored.get(kept!) ?? [], log: [] },
    { claim: orphaned!, outcome, artefacts: [], log: [] },
  ])
  expect(await commands.sweepArtefacts()).toBe(1)
  expect(await commands.sweepArtefacts()).toBe(0)
  expect(await objects()).toBe(3)
  await commands.finish([{ claim: open!, outcome, artefacts: stored.get(open!) ?? [], log: [] }])
  expect(await commands.sweepArtefacts()).toBe(0)
  expect((await ask(kept!.execution.id, 'content')).errors).toBeUndefined()
})
