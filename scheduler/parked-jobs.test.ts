import { afterEach, describe, expect, test } from 'vitest'
import type { JobChanged } from '#avro'
import type { Database } from '#platform/database'
import { type Log, openMetrics, silentLog } from '#platform/telemetry'
import { movedClock } from '#platform/testing'
import { created, openWorld, requested, runDry, send, type World, type WorldOptions } from './scheduler.fixture.ts'

const START = new Date('2026-11-23T10:00:00.500Z')
const startPlus = (seconds: number): Date => new Date(START.getTime() + seconds * 1_000)
const NAMES = ['a', 'b', 'bad', 'c', 'd']

const open: World[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world.close()
})

async function openWithFive(options: Partial<WorldOptions> = {}) {
  const clock = movedClock(START)
  const told: string[] = []
  const note =
    (level: string): Log['error'] =>
    (event, fields) =>
      told.push(`${level} ${event} ${fields?.jobId}`)
  const log: Log = { ...silentLog(), error: note('error'), warn: note('warn') }
  const metrics = openMetrics({ ofProcess: false })
  const world = await openWorld({ clock, log, metrics, ...options })
  open.push(world)
  const changed = (...changes: JobChanged[]): Promise<void> => send(world, clock.settle, ...changes)
  await changed(...NAMES.map((name) => created(name, START, '@every 1s')))
  return {
    ...world,
    clock,
    told,
    metrics,
    changed,
    run: (sql: string, ...params: (string | number)[]) => world.database.unit([], (unit) => unit.run(sql, params)),
    async pass(seconds: number): Promise<void> {
      for (let second = 0; second < seconds; second++) {
        await clock.advance(1_000)
        await runDry(world.scheduler)
      }
    },
    async fires(jobId: string): Promise<readonly string[]> {
      const found = (await requested(world)).filter((identity) => identity.startsWith(`${jobId} `))
      return found.map((identity) => identity.slice(-7, -3))
    },
  }
}

const edited = (seconds: number, fields: Partial<JobChanged> = {}): JobChanged =>
  created('bad', START, '@every 1s', { version: 2, change: 'UPDATED', recordedAt: startPlus(seconds), ...fields })

describe('a due row that cannot be decided or written', () => {
  test.each([
    ['its schedule cannot be read', `update timetable set schedule = 'now and then' where job_id = 'bad'`],
    ['what waits cannot be read', `update timetable set waiting = '{' where job_id = 'bad'`],
    ['it forgot what it has fired', `update timetable set decided_through = ${START.getTime()} where job_id = 'bad'`],
    ['it forgot its stream', `update timetable set stream_version = 0, stream_hash = null where job_id = 'bad'`],
  ])('is parked when %s; all others fire, and it is seen', async (_reason, damage) => {
    const world = await openWithFive()
    await world.pass(1)
    await world.run(damage)
    await world.pass(2)
    for (const name of ['a', 'b', 'c', 'd']) expect(await world.fires(name)).toEqual(['01.0', '02.0', '03.0'])
    expect(await world.fires('bad')).toEqual(['01.0'])
    expect(world.told).toEqual(['error schedule.parked bad'])
    expect(await world.scheduler.parked()).toBe(1)
    const { text } = await world.metrics.expose()
    expect(text).toContain('carillon_scheduler_parked_jobs 1')
    expect(text).toContain('carillon_schedule_parked_total 1')
  })

  test.each([
    ['its schedule cannot be read', `update timetable set schedule = 'now and then' where job_id = 'bad'`],
    ['what waits cannot be read', `update timetable set waiting = '{' where job_id = 'bad'`],
    ['it forgot what it has fired', `update timetable set decided_through = ${START.getTime()} where job_id = 'bad'`],
  ])('goes on with its next change, when %s', async (_reason, damage) => {
    const world = await openWithFive()
    await world.pass(1)
    await world.run(damage)
    await world.pass(2)
    await world.changed(edited(3))
    await world.pass(2)
    expect(await world.fires('bad')).toEqual(['01.0', '04.0', '05.0'])
    expect(world.told).toEqual(['error schedule.parked bad', 'warn schedule.unparked bad'])
    expect(await world.scheduler.parked()).toBe(0)
  })

  test('loses nothing when it can be decided again by the time it changes', async () => {
    const world = await openWithFive()
    await world.run(`update timetable set schedule = 'now and then' where job_id = 'bad'`)
    await world.pass(2)
    await world.run(`update timetable set schedule = '@every 1s' where job_id = 'bad'`)
    await world.changed(edited(2, { params: '{"n":2}' }))
    await world.pass(1)
    expect(await world.fires('bad')).toEqual(['01.0', '02.0', '03.0'])
  })

  test('is no outage: while the database is away nobody is parked', async () => {
    let isAway = false
    class OutageError extends Error {
      override readonly name = 'OutageError'
    }
    const plant = (database: Database): Database => ({
      ...database,
      claim: (query, work) =>
        database.claim(query, (unit, rows: never[]) => {
          const insertMany: typeof unit.insertMany = async (...args) => {
            if (isAway) throw new OutageError('the disk is full')
            return unit.insertMany(...args)
          }
          return work({ ...unit, insertMany }, rows)
        }),
    })
    const world = await openWithFive({ plant })
    isAway = true
    await expect(world.pass(1)).rejects.toThrow('the disk is full')
    isAway = false
    await world.pass(1)
    expect(await world.scheduler.parked()).toBe(0)
    for (const name of NAMES) expect(await world.fires(name)).toEqual(['01.0', '02.0'])
  })
})

describe('a change that cannot be written', () => {
  const trigger = { executionId: 'given', key: 'k', params: '{}', triggeredAt: START, follows: null, overlap: null }
  const triggered = edited(0, { change: 'TRIGGERED', trigger })

  async function openWithLedger() {
    const world = await openWithFive()
    await world.run(
      `insert into occurrences
         (job_id, cause, nominal_at, workspace_id, outcome, execution_id, job_version, decided_at)
       values ('bad', 'trigger:k', ?, 'workspace', 'FIRED', 'earlier', 1, 0)`,
      START.getTime(),
    )
    return world
  }

  test('parks its job, and the others of its batch are applied', async () => {
    const world = await openWithLedger()
    await world.changed(triggered, created('late', START, '@now'))
    expect(await world.fires('late')).toEqual(['00.5'])
    expect(world.told).toEqual(['error schedule.parked bad'])
    await world.pass(1)
    expect([await world.fires('bad'), await world.fires('a')]).toEqual([[], ['01.0']])
    expect(await world.scheduler.parked()).toBe(1)
  })

  test('is passed over by the next one', async () => {
    const world = await openWithLedger()
    await world.changed(triggered)
    await world.pass(1)
    await world.changed(edited(1, { version: 3 }))
    await world.pass(1)
    expect(await world.fires('bad')).toEqual(['02.0'])
    expect(world.told).toEqual(['error schedule.parked bad', 'warn schedule.unparked bad'])
  })

  test('and no more than the newest of them is kept while each of them fails', async () => {
    const world = await openWithLedger()
    await world.changed(triggered)
    for (const version of [3, 4, 5]) await world.changed({ ...triggered, version })
    const row = await world.database.reader.get<{ waiting: string }>(
      `select waiting from timetable where job_id = 'bad'`,
    )
    expect(JSON.parse(row?.waiting ?? '[]')).toMatchObject([{ version: 5 }])
    expect(await world.scheduler.parked()).toBe(1)
  })
})
