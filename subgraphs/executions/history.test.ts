import { afterEach, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import type { Claim } from './commands/ports.ts'
import { openWorld, request, type World } from './executions.fixture.ts'
import { openHistory } from './projections/history.ts'

const START = new Date('2026-12-01T09:00:00Z')
const opened: World[] = []

afterEach(async () => {
  for (const made of opened.splice(0)) await made.close()
})

async function open() {
  const clock = movedClock(START)
  const world = await openWorld({ clock })
  opened.push(world)
  await world.executions.start()
  await world.executions.commands.register('x1')
  return { world, clock, commands: world.executions.commands }
}

const at = (ms: number): Date => new Date(START.getTime() + ms)
const success = (claim: Claim) =>
  ({ claim, outcome: { status: 'SUCCEEDED', result: '{}' }, log: [], artefacts: [] }) as const

test('what was due in a period is told: first what is open, then what has ended, for one workspace', async () => {
  const { world, clock, commands } = await open()
  const ids = await request(
    world,
    { scheduledFor: at(-1) },
    { scheduledFor: START },
    { workspaceId: 'theirs' },
    { scheduledFor: START, jobId: 'b' },
  )
  await clock.settle()
  const claims = await commands.claim('x1', 'loop', 9)
  await clock.advance(2_000)
  await commands.finish(claims.filter(({ execution }) => ids.indexOf(execution.id) < 2).map(success))
  const [late] = await request(world, { scheduledFor: at(999) }, { scheduledFor: at(1_000) })
  await clock.settle()

  const startMs = START.getTime()
  const due = { jobType: 'ECHO', jobId: 'job', cause: 'schedule', dueAtMs: startMs, startedAtMs: startMs }
  const first = await commands.history.due('workspace', START, at(1_000), null)
  expect(first.executions).toEqual([
    { ...due, id: ids[3], jobId: 'b', status: 'RUNNING', finishedAtMs: null },
    { ...due, id: late, status: 'QUEUED', dueAtMs: startMs + 999, startedAtMs: null, finishedAtMs: null },
  ])
  expect(await commands.history.due('workspace', START, at(1_000), first.next)).toEqual({
    executions: [{ ...due, id: ids[1], status: 'SUCCEEDED', finishedAtMs: startMs + 2_000 }],
    next: null,
  })
})

test('it is read in pages of a limited number of rows, each execution once, also of those that ended together', async () => {
  const { world, clock, commands } = await open()
  await request(world, ...Array.from({ length: 57 }, () => ({ scheduledFor: START })))
  await clock.settle()
  const claims = await commands.claim('x1', 'loop', 57)
  await commands.finish(claims.slice(0, 45).map(success))
  const history = openHistory(world.database.reader, 10)
  const pages: (readonly string[])[] = []
  for (let after: string | null = null; pages.length < 20; ) {
    const page = await history.due('workspace', START, at(1), after)
    pages.push(page.executions.map(({ id }) => id))
    if (page.next === null) break
    after = page.next
  }
  expect(pages.map((page) => page.length)).toEqual([10, 2, 10, 10, 10, 10, 5])
  expect(new Set(pages.flat()).size).toBe(57)
})
