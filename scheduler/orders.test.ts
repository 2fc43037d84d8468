import { afterEach, describe, expect, test } from 'vitest'
import type { JobChanged } from '#avro'
import { differences, rebuild } from '#platform/projections'
import { movedClock } from '#platform/testing'
import { occurrences } from './main.ts'
import { created, openWorld, runDry, send, told, type World } from './scheduler.fixture.ts'

const START = new Date('2026-11-23T10:00:00.500Z')
const startPlus = (seconds: number): Date => new Date(START.getTime() + seconds * 1_000)

const open: World[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world.close()
})

async function openAt(clock = movedClock(START)) {
  const world = await openWorld({ clock })
  open.push(world)
  const changed = (...changes: JobChanged[]): Promise<void> => send(world, clock.settle, ...changes)
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000)
      await runDry(world.scheduler)
    }
  }
  return { ...world, changed, pass }
}

describe('the end of a job', () => {
  test('with the cancellation of what is open comes after all that has fired, in the stream of the fires', async () => {
    const world = await openAt()
    const job = created('job', START, '@every 1s')
    const trigger = {
      executionId: 'given',
      key: 'k',
      params: '{}',
      triggeredAt: startPlus(2),
      follows: null,
      overlap: null,
    }
    await world.changed(job)
    await world.pass(2)
    const later = { recordedAt: startPlus(2) }
    await world.changed(
      { ...job, ...later, version: 2, change: 'TRIGGERED', trigger },
      { ...job, ...later, version: 3, change: 'ARCHIVED', state: 'ARCHIVED', cancelsOpen: { by: 'user' } },
    )
    await world.pass(2)
    const records = await told(world, 'job-execute')
    expect(records.map(({ value, version, previous }) => [value.cause, version, previous])).toEqual([
      ['schedule', 1, 0],
      ['schedule', 2, 1],
      ['trigger:k', 3, 2],
      ['', 4, 3],
    ])
    expect(records.at(-1)?.value).toMatchObject({
      jobId: 'job',
      cancelsOpen: { by: 'user' },
      executionId: '',
      params: '',
    })
    const events = await world.database.reader.all<{ payload: string }>(
      `select payload from events where stream = 'schedule-job' order by version desc limit 1`,
    )
    expect(events[0]?.payload).toContain('"cancelsOpenBy":"user"')
  })

  test('is told once: a later change of the archived job is numbered after it', async () => {
    const world = await openAt()
    const job = created('job', START, '@now')
    const end = { ...job, version: 2, change: 'ARCHIVED', state: 'ARCHIVED' } as const
    await world.changed(job, end, { ...end, version: 3, cancelsOpen: { by: 'user' } })
    await world.changed({ ...end, version: 3, cancelsOpen: { by: 'user' } })
    const records = await told(world, 'job-execute')
    expect(records.map(({ value, version }) => [value.cause, version])).toEqual([
      ['schedule', 1],
      ['', 2],
    ])
  })
})

test('what follows an execution of another job fires with its cause, or is skipped on record while a pause lasts', async () => {
  const world = await openAt()
  const job = created('job', START, '@manually')
  const run = (follows: string) => ({
    ...{ change: 'TRIGGERED' as const, recordedAt: START },
    trigger: {
      executionId: `after ${follows}`,
      key: follows,
      params: '{}',
      triggeredAt: START,
      follows,
      overlap: null,
    },
  })
  const paused = { state: 'PAUSED', pauseNote: 'moving' } as const
  await world.changed(
    job,
    { ...job, version: 2, ...run('e1') },
    { ...job, version: 3, change: 'PAUSED', ...paused },
    { ...job, version: 4, ...paused, ...run('e2') },
  )
  const requests = await told(world, 'job-execute')
  expect(requests.map(({ value }) => [value.executionId, value.cause])).toEqual([['after e1', 'chain:e1']])
  const skips = (await told(world, 'schedule-events')).flatMap(({ value }) => value.skipped)
  const why = { outcome: 'SKIPPED_PAUSED', reason: 'PAUSED', detail: 'moving', jobVersion: 4, count: 1 }
  expect(skips).toMatchObject([{ cause: 'chain:e2', from: START, through: START, ...why }])
  const kept = await world.database.reader.all<{ cause: string }>('select cause from occurrences order by cause')
  expect(kept.map(({ cause }) => cause)).toEqual(['chain:e1', 'chain:e2'])
  await rebuild(world.database, occurrences, async (unit) => {
    expect(await differences(unit, occurrences)).toEqual([])
  })
})
