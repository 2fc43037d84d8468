import { afterEach, expect, test, vi } from 'vitest'
import { movedClock } from '#platform/testing'
import type { Execution } from './domain/execution.ts'

afterEach(() => {
  vi.doUnmock('./commands/fence.ts')
  vi.doUnmock('./domain/execution.ts')
  vi.resetModules()
})

/** What an attempt that was given up manages to write, while the next one runs. */
interface StaleWrites {
  readonly lines: number
  readonly files: number
  readonly reports: number
  readonly status: Execution['status']
  readonly lateResults: number
}

/** The check: lets a stale attempt write all that it can. Loads the context anew, with whatever was planted in it. */
async function staleWrites(): Promise<StaleWrites> {
  const { openWorld, request } = await import('./executions.fixture.ts')
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  const world = await openWorld({ clock })
  const { commands } = world.executions
  await world.executions.start()
  await request(world, {})
  await clock.settle()
  await commands.register('x1')
  const [claim] = await commands.claim('x1', 'loop', 1)
  if (!claim) throw new Error('nothing was claimed')
  await commands.declareLost('x1')
  await commands.register('x2')
  await commands.claim('x2', 'loop', 1)

  const lines = [{ atMs: 1, level: 'INFO' as const, message: 'stale' }]
  await commands.appendLogs([{ claim, chunks: [{ firstSeq: 1, lines }] }])
  await commands.noteProgress([{ claim, report: { message: 'stale' }, number: 1 }])
  const stale = { name: 'stale.csv', mediaType: 'text/csv', content: '' }
  const artefacts = await commands.storeArtefacts(claim.execution.id, [stale])
  await commands.finish([{ claim, outcome: { status: 'SUCCEEDED', result: '1' }, artefacts, log: [] }])

  const count = async (sql: string): Promise<number> => (await world.database.reader.get<{ n: number }>(sql))?.n ?? 0
  const row = await world.database.reader.get<{ status: Execution['status'] }>('select status from executions')
  const found = {
    lines: await count('select count(*) as n from log_chunks'),
    files: await count('select count(*) as n from artefacts'),
    reports: await count('select count(*) as n from execution_progress'),
    status: row?.status ?? 'FAILED',
    lateResults: await count(`select count(*) as n from events where type = 'LateResultRefused'`),
  }
  await world.close()
  return found
}

const NOTHING: StaleWrites = { lines: 0, files: 0, reports: 0, status: 'RUNNING', lateResults: 1 }

test('a stale attempt writes nothing, and its late result is recorded', async () => {
  expect(await staleWrites()).toEqual(NOTHING)
})

test('planted mutant: without the fence, stale lines, files and progress get through', async () => {
  vi.doMock('./commands/fence.ts', () => ({ isHeld: () => true }))
  expect(await staleWrites()).toMatchObject({ lines: 1, files: 1, reports: 1 })
})

test("planted mutant: with a decider that takes anybody's result, a stale one ends the execution", async () => {
  vi.doMock('./domain/execution.ts', async (original) => {
    const real = await original<typeof import('./domain/execution.ts')>()
    const decide: typeof real.execution.decide = (command, state) =>
      command.type === 'FinishAttempt'
        ? real.execution.decide({ ...command, attempt: state?.attempts.length ?? 0 }, state)
        : real.execution.decide(command, state)
    return { ...real, execution: { ...real.execution, decide } }
  })
  expect(await staleWrites()).toMatchObject({ status: 'SUCCEEDED', lateResults: 0 })
})
