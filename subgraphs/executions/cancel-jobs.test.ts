import { afterEach, expect, test } from 'vitest'
import { type MovedWorld, openMovedWorld, request, requested, type World } from './executions.fixture.ts'

const START = new Date('2026-12-01T09:00:00Z')
const opened: World[] = []

afterEach(async () => {
  for (const made of opened.splice(0)) await made.close()
})

async function open(): Promise<MovedWorld> {
  const made = await openMovedWorld(START)
  opened.push(made)
  return made
}

/** What the scheduler says once a job is archived, and all of it has fired. */
const cancelOf = (made: World, jobId: string) => ({
  ...requested(made.clock, { jobId }),
  ...{ executionId: '', jobType: '', params: '', cause: '', cancelsOpen: { by: 'alice' } },
})

const statuses = async ({ database }: World, jobId: string): Promise<Record<string, number>> => {
  const rows = await database.reader.all<{ status: string; total: number }>(
    'select status, count(*) as total from executions where job_id = ? group by status',
    [jobId],
  )
  return Object.fromEntries(rows.map(({ status, total }) => [status, total]))
}

const together = JSON.stringify({ overlap: 'ALLOW_ALL' })
const inLine = JSON.stringify({ overlap: 'BUFFER_ALL' })

test('all that fired before is cancelled, whether it was taken in or comes in the same batch, and nothing else', async () => {
  const made = await open()
  const fire = { jobId: 'a', policy: together }
  await request(made, fire, fire, { jobId: 'b', policy: together })
  await made.clock.settle()
  await made.executions.commands.register('x1')
  const [claim] = await made.executions.commands.claim('x1', 'loop', 1)
  await request(made, fire, cancelOf(made, 'a'))
  await made.clock.settle()
  expect(await statuses(made, 'a')).toEqual({ RUNNING: 1, CANCELLED: 2 })
  expect(await statuses(made, 'b')).toEqual({ QUEUED: 1 })
  const rows = await made.database.reader.all<{ cancellation: string }>(
    `select distinct cancellation from executions where job_id = 'a'`,
  )
  expect(rows.map(({ cancellation }) => JSON.parse(cancellation))).toMatchObject([
    { by: { kind: 'USER', userId: 'alice' }, reason: 'its job was archived' },
  ])
  expect([...(await made.executions.commands.claimsOf('x1')).values()]).toMatchObject([{ cancel: 'ASKED' }])
  const outcome = { status: 'CANCELLED' } as const
  await made.executions.commands.finish([{ claim: claim!, outcome, artefacts: [], log: [] }])
  expect(await statuses(made, 'a')).toEqual({ CANCELLED: 3 })
  expect(await made.database.reader.all('select * from job_cancels')).toEqual([])
})

test('however much it is, it is done in batches; what waits behind others is never let go on', async () => {
  const made = await open()
  await request(made, ...Array.from({ length: 450 }, () => ({ jobId: 'a', policy: inLine })))
  await request(made, cancelOf(made, 'a'))
  await made.clock.settle()
  await made.clock.advance(2_000)
  expect(await statuses(made, 'a')).toEqual({ CANCELLED: 450 })
  const admitted = await made.database.reader.all(`select 1 from events where type = 'ExecutionAdmitted'`)
  expect(admitted).toEqual([])
  expect(await made.database.reader.all('select * from job_cancels')).toEqual([])
})

test('an order that another process took in, or that came twice, is carried out all the same', async () => {
  const made = await open()
  await request(made, { jobId: 'a', policy: together })
  await made.clock.settle()
  const order = [['a', 'alice', START.getTime()]]
  await made.database.unit([], async (unit) => {
    await unit.insertMany('job_cancels', ['job_id', 'ordered_by', 'ordered_at'], order)
  })
  await made.clock.advance(2_000)
  expect(await statuses(made, 'a')).toEqual({ CANCELLED: 1 })
  await request(made, cancelOf(made, 'a'), cancelOf(made, 'a'))
  await made.clock.settle()
  expect(await made.database.reader.all('select * from job_cancels')).toEqual([])
  expect(await made.database.reader.all('select * from quarantine')).toEqual([])
})
