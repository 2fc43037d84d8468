import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { JobChanged } from '#avro'
import { brokenLinks } from '#platform/event-store'
import { differences, rebuild } from '#platform/projections'
import { type MovedClock, movedClock } from '#platform/testing'
import { occurrences } from './main.ts'
import {
  catchingUp,
  created,
  openWorld,
  requested,
  runDry,
  send,
  told,
  type World,
  type WorldOptions,
} from './scheduler.fixture.ts'

const START = new Date('2026-11-23T10:00:00.500Z')
const startPlus = (seconds: number): Date => new Date(START.getTime() + seconds * 1_000)

const open: World[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world.close()
})

async function openAt(clock: MovedClock, options: Partial<WorldOptions> = {}) {
  const world = await openWorld({ clock, ...options })
  open.push(world)
  const changed = (...changes: JobChanged[]): Promise<void> => send(world, clock.settle, ...changes)
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000)
      await runDry(world.scheduler)
    }
  }
  return { ...world, clock, changed, pass }
}

const times = (jobId: string, cause: string, ...seconds: string[]): string[] =>
  seconds.map((second) => `${jobId} ${cause} 2026-11-23T10:00:${second}Z`)

describe('what is due at once', () => {
  test('fires with the change that brought it, without a round', async () => {
    const world = await openAt(movedClock(START))
    await world.changed(
      created('now', START, '@now'),
      created('at', START, '@at 2026-11-23T09:59:59Z'),
      created('later', START, '@every 10s'),
    )
    expect((await requested(world)).toSorted()).toEqual([
      'at schedule 2026-11-23T09:59:59.000Z',
      'now schedule 2026-11-23T10:00:00.500Z',
    ])
    const now = (await told(world, 'schedule-events')).find(({ value }) => value.jobId === 'now')
    expect(now).toMatchObject({
      version: 1,
      previous: 0,
      value: { appliedVersion: 1, exhausted: true, nextFireAt: null },
    })
    expect(now?.value.fired).toHaveLength(1)
  })

  test('a trigger fires while the job is paused, with the id that was given', async () => {
    const world = await openAt(movedClock(START))
    const job = created('job', START, '@every 1s')
    const trigger = {
      executionId: 'given',
      key: 'k',
      params: '{"n":1}',
      triggeredAt: START,
      follows: null,
      overlap: null,
    }
    await world.changed(
      job,
      { ...job, version: 2, change: 'PAUSED', state: 'PAUSED' },
      { ...job, version: 3, change: 'TRIGGERED', state: 'PAUSED', trigger },
    )
    await world.pass(3)
    const [run, ...others] = await told(world, 'job-execute')
    expect(run?.value).toMatchObject({ executionId: 'given', cause: 'trigger:k', params: '{"n":1}', jobVersion: 3 })
    expect(others).toEqual([])
  })
})

describe('time that passes', () => {
  test('fires each nominal time once, and tells when the next one is', async () => {
    const world = await openAt(movedClock(START))
    await world.changed(created('job', START, '@every 2s'))
    await world.pass(7)
    expect(await requested(world)).toEqual(times('job', 'schedule', '02.000', '04.000', '06.000'))
    const advances = await told(world, 'schedule-events')
    expect(advances.at(-1)).toMatchObject({
      version: 4,
      previous: 3,
      value: { nextFireAt: new Date('2026-11-23T10:00:08Z') },
    })
    const runs = await told(world, 'job-execute')
    expect(runs.map(({ version, previous }) => [version, previous])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ])
  })

  test('wakes a running scheduler within milliseconds of the nominal time', async () => {
    const clock = movedClock(START)
    const world = await openAt(clock)
    await world.scheduler.start()
    await world.changed(created('job', START, '*/3 * * * * *'))
    await clock.advance(3_000)
    const [run] = await told(world, 'job-execute')
    expect(run?.value).toMatchObject({ scheduledFor: startPlus(2.5) })
    expect(run!.value.firedAt.getTime() - startPlus(2.5).getTime()).toBeLessThanOrEqual(5)
  })

  test('an edit, a pause and a resume lose nothing and repeat nothing', async () => {
    const world = await openAt(movedClock(START))
    const job = created('job', START, '@every 2s')
    await world.changed(job)
    await world.pass(3)
    const edited = { ...job, version: 2, schedule: '@every 3s', scheduledSince: startPlus(3), recordedAt: startPlus(3) }
    await world.changed(edited)
    await world.pass(4)
    await world.changed({ ...edited, version: 3, state: 'PAUSED', recordedAt: startPlus(7) })
    await world.pass(4)
    await world.changed({ ...edited, version: 4, scheduledSince: startPlus(11), recordedAt: startPlus(11) })
    await world.pass(2)
    expect(await requested(world)).toEqual(times('job', 'schedule', '02.000', '06.000', '12.000'))
  })

  test('changes that come twice, or late, change nothing', async () => {
    const world = await openAt(movedClock(START))
    const job = created('job', START, '@now')
    const edited = { ...job, version: 2, params: '{"n":2}' }
    await world.changed(job, job, edited, job, edited)
    await world.pass(2)
    expect(await requested(world)).toHaveLength(1)
    expect(await told(world, 'schedule-events')).toHaveLength(1)
  })

  test('after a standstill everything fires that is to be caught up, in commits of bounded size', async () => {
    const clock = movedClock(START)
    const world = await openAt(clock)
    await world.changed(
      created('every', START, '@every 1s', catchingUp),
      created('once', START, '@at 2026-11-23T10:30:00Z', catchingUp),
    )
    clock.setWall(startPlus(3_000))
    await world.changed(
      created('every', START, '@every 1s', { version: 2, params: '1', recordedAt: startPlus(2_950), ...catchingUp }),
    )
    await runDry(world.scheduler)
    const fired = await requested(world)
    expect(fired).toHaveLength(3_000 + 1)
    expect(new Set(fired).size).toBe(fired.length)
    const sizes = (await told(world, 'schedule-events')).map(({ value }) => value.fired.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000)
  })

  test('while the executors do not keep up nothing fires, and all of it fires late', async () => {
    const clock = movedClock(START)
    let keepsUp = false
    const world = await openAt(clock, { mayFire: async () => keepsUp })
    const job = created('job', START, '@every 2s')
    await world.changed(job)
    await world.pass(3)
    await world.changed(created('now', startPlus(3), '@now'), {
      ...job,
      version: 2,
      params: '{"n":2}',
      recordedAt: startPlus(3),
    })
    await world.pass(2)
    expect(await requested(world)).toEqual([])
    keepsUp = true
    await world.pass(1)
    expect((await requested(world)).toSorted()).toEqual([
      ...times('job', 'schedule', '02.000', '04.000', '06.000'),
      ...times('now', 'schedule', '03.500'),
    ])
    const versions = (await told(world, 'job-execute')).filter(({ value }) => value.jobId === 'job')
    expect(versions.map(({ value }) => value.jobVersion)).toEqual([1, 2, 2])
  })
})

describe('a restart', () => {
  test('that forgot how far it was takes every change again, and fires nothing again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'carillon-scheduler-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const clock = movedClock(START)
    const path = join(folder, 'scheduler.sqlite')
    const job = created('job', START, '@every 1s')
    const edited = { ...job, version: 2, schedule: '@every 2s', scheduledSince: startPlus(2), recordedAt: startPlus(2) }
    const abandoned = await openAt(clock, { path })
    await abandoned.changed(job, created('now', START, '@now'))
    await abandoned.pass(2)
    await abandoned.changed(edited)
    await clock.advance(3_000)

    const world = await openAt(clock, { path })
    await world.changed(job, created('now', START, '@now'), edited)
    await runDry(world.scheduler)
    expect(await requested(world)).toEqual([
      ...times('now', 'schedule', '00.500'),
      ...times('job', 'schedule', '01.000', '02.000', '04.000'),
    ])
  })
})

describe('what is told', () => {
  test('a record that no job can be is parked, and the others go on', async () => {
    const world = await openAt(movedClock(START))
    await world.changed(
      created('broken', START, 'every now and then'),
      created('unknown', START, '@now', { state: 'UNKNOWN' }),
      created('long', START, '@now', {
        trigger: {
          executionId: 'e',
          key: 'k'.repeat(200),
          params: '{}',
          triggeredAt: START,
          follows: null,
          overlap: null,
        },
      }),
      created('good', START, '@now'),
    )
    expect(await requested(world)).toEqual(times('good', 'schedule', '00.500'))
    const parked = await world.database.reader.all<{ reason: string }>('select reason from quarantine')
    expect(parked.map(({ reason }) => reason)).toEqual(['RULE_BROKEN', 'RULE_BROKEN', 'RULE_BROKEN'])
  })

  test('the ledger made again from the events is the live one, and the chains hold', async () => {
    const world = await openAt(movedClock(START))
    const jobs = Array.from({ length: 20 }, (_, index) => created(`job-${index}`, START, `@every ${1 + (index % 4)}s`))
    await world.changed(...jobs)
    await world.pass(12)
    const found = await rebuild(world.database, occurrences, (unit) => differences(unit, occurrences as never))
    expect(found).toEqual([])
    const ledger = await world.database.reader.all('select job_id from occurrences')
    expect(ledger).toHaveLength((await requested(world)).length)
    for (const { jobId } of jobs) expect(await brokenLinks(world.database.reader, `schedule-${jobId}`)).toEqual([])
  })
})

describe('the clock that decides', () => {
  /** The clock of the process is an hour ahead. @returns what fired before its time by the right one */
  async function firedEarly(decidingClock: 'database' | 'process'): Promise<number> {
    const clock = movedClock(START)
    const ahead: MovedClock = { ...clock, now: () => new Date(clock.now().getTime() + 3_600_000) }
    const world = await openAt(clock, { clock: ahead, databaseClock: decidingClock === 'database' ? clock : ahead })
    await world.changed(created('job', START, '@every 10s'))
    for (let round = 0; round < 100; round++) await world.scheduler.runOnce()
    return (await requested(world)).length
  }

  test("is the database's: a process that is an hour ahead fires nothing early", async () => {
    expect(await firedEarly('database')).toBe(0)
  })

  test('would fire early if it were that of the process, and the check sees it', async () => {
    expect(await firedEarly('process')).toBeGreaterThan(0)
  })
})
