import { afterEach, expect, test } from 'vitest'
import { type MovedWorld, openMovedWorld, request, type World } from './executions.fixture.ts'

const START = new Date('2026-12-01T09:00:00Z')
const WINDOW_MS = 4_000
const opened: World[] = []

afterEach(async () => {
  for (const made of opened.splice(0)) await made.close()
})

async function open(): Promise<MovedWorld> {
  const made = await openMovedWorld(START)
  opened.push(made)
  return made
}

const unique = { key: 'customer.id', windowMs: WINDOW_MS }
const policy = JSON.stringify({ unique, overlap: 'ALLOW_ALL' })
const of = (id: unknown, more: object = {}) => ({ policy, params: JSON.stringify({ customer: { id } }), ...more })

interface Found {
  readonly id: string
  readonly status?: string
  readonly code?: string | null
  readonly blocked_by?: string | null
}

/** Asks for executions, waits, and says what became of each. */
async function asked(made: MovedWorld, ...wanted: object[]): Promise<readonly Found[]> {
  const ids = await request(made, ...wanted)
  await made.clock.settle()
  const rows = await made.database.reader.all<Found>(
    'select id, status, error_code as code, blocked_by from executions',
  )
  const found = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => ({ id, ...found.get(id) }))
}

test('of executions with one value in a window the first is run, and each other one is a duplicate of it', async () => {
  const made = await open()
  const [first, twin, other] = await asked(made, of(1), of(1), of(2))
  expect([first, twin, other]).toMatchObject([
    { status: 'QUEUED' },
    { status: 'SKIPPED', code: 'DUPLICATE', blocked_by: first?.id },
    { status: 'QUEUED' },
  ])
  await made.clock.advance(WINDOW_MS - 1)
  expect(await asked(made, of(1))).toMatchObject([{ status: 'SKIPPED', blocked_by: first?.id }])
  // What was skipped makes the window no longer.
  await made.clock.advance(1)
  const [next] = await asked(made, of(1))
  expect(next).toMatchObject({ status: 'QUEUED' })
  expect(await asked(made, of(1))).toMatchObject([{ status: 'SKIPPED', blocked_by: next?.id }])
})

test('another job, a value of another type, and no value at all are no duplicates; nor is what somebody runs again', async () => {
  const made = await open()
  const wanted = [of(1), of(1, { jobId: 'other' }), of('1'), of(null), of(null), { ...of(1), params: '{}' }]
  const again = [of(1, { cause: 'retry:e' }), of(1, { cause: 'replay:r' })]
  const found = await asked(made, ...wanted, ...again)
  expect(found.map(({ status }) => status)).toEqual(found.map(() => 'QUEUED'))
  expect(await asked(made, of(1, { cause: 'trigger:k' }))).toMatchObject([{ status: 'SKIPPED' }])
})

test('what overlap skips takes no value; what is a duplicate ends nobody', async () => {
  const made = await open()
  const skips = JSON.stringify({ unique, overlap: 'SKIP' })
  const [holder, overlapping] = await asked(made, of(1, { policy: skips }), of(2, { policy: skips }))
  expect(overlapping).toMatchObject({ status: 'SKIPPED', code: 'SKIPPED_OVERLAP' })
  const [second] = await asked(made, of(2))
  expect(second).toMatchObject({ status: 'QUEUED' })
  const ends = JSON.stringify({ unique, overlap: 'TERMINATE_OTHER' })
  expect(await asked(made, of(1, { policy: ends }))).toMatchObject([{ code: 'DUPLICATE', blocked_by: holder?.id }])
  const still = await made.database.reader.all<{ status: string }>('select status from executions where id in (?, ?)', [
    holder?.id ?? '',
    second?.id ?? '',
  ])
  expect(still).toEqual([{ status: 'QUEUED' }, { status: 'QUEUED' }])
})

test('values are forgotten once their time is over, and no others', async () => {
  const made = await open()
  await asked(made, of(1), of(2))
  await made.clock.advance(WINDOW_MS / 2)
  await asked(made, of(3))
  const kept = () => made.database.reader.all('select id from unique_keys')
  expect(await kept()).toHaveLength(3)
  await made.clock.advance(WINDOW_MS / 2 + 5_000)
  expect(await kept()).toHaveLength(1)
})
