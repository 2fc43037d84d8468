import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobChanged } from '#avro'
import type { Database } from '#platform/database'
import { brokenLinks } from '#platform/event-store'
import { differences, rebuild } from '#platform/projections'
import { embeddedSchemas } from '#platform/schemas'
import { type MovedClock, movedClock } from '#platform/testing'
import { rollOutCalendars } from './commands/roll-out-calendars.ts'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import {
  archiveJob,
  createJob,
  createJobs,
  type Job,
  jobsProjection,
  pauseJob,
  setCalendar,
  updateJob,
} from './main.ts'
import { keepCalendars } from './projections/calendars.ts'

const alice = callerNamed('alice')
const BATCH = 200

let clock: MovedClock
let stage: JobsStage

beforeEach(async () => {
  clock = movedClock(new Date('2026-11-23T12:00:00Z'))
  stage = await openStage(clock)
})

afterEach(() => stage.close())

const definition = { jobType: 'ECHO', schedule: '@hourly', calendars: [{ name: 'bank' }] }

const set = (days: readonly number[], name = 'bank', caller = alice): Promise<unknown> =>
  setCalendar(stage.jobs.parts, caller, { name, workDays: days })
const create = (count: number, calendars: readonly object[] = definition.calendars): Promise<readonly Job[]> =>
  createJobs(stage.jobs.parts, alice, Array(count).fill({ ...definition, calendars }))
const staleJobs = async (name = 'bank', token = 'alice'): Promise<number> =>
  (await stage.ask<{ staleJobs: number }>(`{ calendar(name: "${name}") { staleJobs } }`, {}, token)).staleJobs

async function rollOut(parts = stage.jobs.parts): Promise<number> {
  let rounds = 0
  while (await rollOutCalendars(parts)) rounds += 1
  return rounds
}

/** The work days by which each job goes, as its row has them. */
async function workDays(): Promise<readonly unknown[]> {
  const rows = await stage.database.reader.all<{ timing: string }>('select timing from jobs order by id')
  return rows.map(({ timing }) => JSON.parse(timing).calendars[0].rules.workDays)
}

/** The last record of a job that other services are told, and the one before it in its stream. */
async function lastTold(
  jobId: string,
): Promise<JobChanged & { readonly previous: number; readonly correlation: string }> {
  const schemas = embeddedSchemas()
  const id = await schemas.register('carillon.jobs.JobChanged')
  const row = await stage.database.reader.get<{ body: Uint8Array; previous: number; correlation_id: string }>(
    'select body, previous, correlation_id from outbox where record_key = ? order by position desc limit 1',
    [jobId],
  )
  if (!row) throw new Error(`nothing was told of ${jobId}`)
  const { value } = await schemas.decode(schemas.frame(id, row.body))
  return { ...(value as JobChanged), previous: row.previous, correlation: row.correlation_id }
}

async function expectSound(): Promise<void> {
  expect(await rebuild(stage.database, jobsProjection, (unit) => differences(unit, jobsProjection))).toEqual([])
}

test('a job is told with the rules of its calendars, and again when they change', async () => {
  await set([1])
  await setCalendar(stage.jobs.parts, alice, {
    name: 'freeze',
    holidays: [{ from: '12-24', to: '01-02', name: 'Freeze' }],
  })
  const uses = [{ name: 'freeze' }, { name: 'bank', on: 'BUSINESS_DAYS' as const }]
  const { id } = await createJob(stage.jobs.parts, alice, { ...definition, calendars: uses })
  expect((await lastTold(id)).timing.calendars.map(({ name, version, on }) => [name, version, on])).toEqual([
    ['freeze', 1, 'ANY_DAY'],
    ['bank', 1, 'BUSINESS_DAYS'],
  ])
  clock.setWall(new Date('2026-11-23T13:00:00Z'))
  await setCalendar(stage.jobs.parts, alice, { name: 'bank', workDays: [2, 3] }, 'the-request')
  expect(await staleJobs()).toBe(1)
  await rollOut()
  expect(await staleJobs()).toBe(0)
  const told = await lastTold(id)
  expect(told).toMatchObject({ change: 'CALENDARS_CHANGED', version: 2, previous: 1, correlation: 'the-request' })
  expect(told.scheduledSince).toEqual(new Date('2026-11-23T13:00:00Z'))
  expect(told.timing.calendars.map(({ name, version, rules }) => [name, version, JSON.parse(rules).workDays])).toEqual([
    ['freeze', 1, [1, 2, 3, 4, 5]],
    ['bank', 2, [2, 3]],
  ])
  await expectSound()
})

test('the jobs of a calendar follow in batches, while the service runs', async () => {
  await set([1])
  await create(BATCH * 2 + 50)
  await set([5])
  expect(await staleJobs()).toBe(BATCH * 2 + 50)
  expect(await rollOutCalendars(stage.jobs.parts)).toBe(true)
  expect(await staleJobs()).toBe(BATCH + 50)
  await stage.jobs.start()
  const later = async (): Promise<number> => {
    await clock.advance(300)
    return staleJobs()
  }
  await expect.poll(later).toBe(0)
  expect(new Set((await workDays()).map(String))).toEqual(new Set(['5']))
  await expectSound()
})

test('what a process leaves behind when it dies, the next goes on with', async () => {
  await set([1])
  await create(BATCH + 10)
  await set([5])
  const { parts } = stage.jobs
  const dying: Database = {
    ...parts.database,
    claim: (query, work) =>
      parts.database.claim(query, async (unit, rows) => {
        await work(unit, rows as never)
        throw new Error('killed before the commit')
      }),
  }
  await rollOutCalendars(parts)
  expect(await staleJobs()).toBe(10)
  await expect(rollOutCalendars({ ...parts, database: dying })).rejects.toThrow('killed')
  expect(await staleJobs()).toBe(10)
  expect(await rollOut()).toBe(1)
  expect(await staleJobs()).toBe(0)
  const told = await stage.database.reader.all('select record_key from outbox where version = 2')
  expect(new Set(told.map((row) => row['record_key'])).size).toBe(BATCH + 10)
  expect(told).toHaveLength(BATCH + 10)
})

test('a calendar that is set while its jobs follow takes them all to the last rules', async () => {
  await set([1])
  await create(BATCH + 10)
  await set([2])
  await rollOutCalendars(stage.jobs.parts)
  await set([3])
  expect(await staleJobs()).toBe(BATCH + 10)
  await rollOut()
  expect(new Set((await workDays()).map(String))).toEqual(new Set(['3']))
})

test('no job is left on old rules, whoever creates, changes and sets at once', async () => {
  await set([0])
  const { parts } = stage.jobs
  const jobs = await create(4, [])
  const work: Promise<unknown>[] = []
  for (let day = 1; day <= 6; day++) {
    work.push(set([day]), create(3), createJob(parts, alice, definition))
    for (const { id: jobId } of jobs) {
      work.push(updateJob(parts, alice, { jobId, calendars: definition.calendars, name: `${day}` }))
    }
    work.push(rollOutCalendars(parts), rollOutCalendars(parts))
  }
  await Promise.all(work)
  await rollOut()
  const last = await stage.ask<{ version: number }>('{ calendar(name: "bank") { version staleJobs } }')
  expect(last).toMatchObject({ version: 7, staleJobs: 0 })
  const rows = await stage.database.reader.all<{ timing: string }>('select timing from jobs')
  expect(rows).toHaveLength(4 + 6 * 4)
  const current = JSON.parse(
    (await stage.database.reader.get<{ rules: string }>('select rules from calendars'))?.rules ?? '',
  )
  for (const { timing } of rows) {
    expect(JSON.parse(timing).calendars).toMatchObject([{ name: 'bank', version: 7, rules: current }])
  }
  for (const { id } of jobs) expect(await brokenLinks(stage.database.reader, `job-${id}`)).toEqual([])
  await expectSound()
})

test('nobody sets a calendar while a job that uses it is being written', async () => {
  await set([1])
  const seen: unknown[] = []
  let setting: Promise<unknown> | undefined
  await stage.database.unit([], async (unit) => {
    await keepCalendars(unit, 'workspace-alice', ['bank'])
    setting ??= set([5])
    // Long enough for it to be done, if nothing kept it.
    for (let look = 0; look < 100; look++) seen.push(await unit.get('select version from calendars'))
  })
  await setting
  expect(new Set(seen.map((row) => JSON.stringify(row)))).toEqual(new Set(['{"version":1}']))
  expect(await stage.database.reader.get('select version from calendars')).toEqual({ version: 2 })
})

test('a job that was checked before its calendar changed is created with the rules of now', async () => {
  await set([1])
  const { parts } = stage.jobs
  // Set by another one after the inputs were checked, and before they are written.
  const database: Database = {
    ...parts.database,
    unit: async (keys, work) => {
      await set([5])
      return parts.database.unit(keys, work)
    },
  }
  await createJobs({ ...parts, database }, alice, [definition])
  expect(await workDays()).toEqual([[5]])
  expect(await staleJobs()).toBe(0)
})

test('archived jobs do not follow, and paused ones do', async () => {
  await set([1])
  const [archived, paused] = (await create(2)).map(({ id }) => id) as [string, string]
  const { parts } = stage.jobs
  await archiveJob(parts, alice, { jobId: archived })
  await pauseJob(parts, alice, { jobId: paused })
  await set([5])
  expect(await staleJobs()).toBe(1)
  await rollOut()
  expect(await workDays()).toEqual([[1], [5]])
  expect(await lastTold(paused)).toMatchObject({ change: 'CALENDARS_CHANGED', state: 'PAUSED' })
  await expectSound()
})

test('the one time of an @now does not come again with other rules', async () => {
  await set([1])
  const { id, scheduledSince } = await createJob(stage.jobs.parts, alice, { ...definition, schedule: '@now' })
  clock.setWall(new Date('2026-11-23T12:00:01Z'))
  await set([5])
  await rollOut()
  expect(await lastTold(id)).toMatchObject({ change: 'CALENDARS_CHANGED', scheduledSince })
})

test('a job that takes another calendar, or none, does not follow the one before', async () => {
  await set([1])
  await set([2], 'other')
  const [one, two] = (await create(2)).map(({ id }) => id) as [string, string]
  const { parts } = stage.jobs
  await updateJob(parts, alice, { jobId: one, calendars: [{ name: 'other' }] })
  await updateJob(parts, alice, { jobId: two, calendars: null })
  await set([5])
  expect(await staleJobs()).toBe(0)
  await set([6], 'other')
  expect(await staleJobs('other')).toBe(1)
  await rollOut()
  expect(await stage.database.reader.all('select name, version from job_calendars')).toEqual([
    { name: 'other', version: 2 },
  ])
  await expectSound()
})

test('calendars take turns, and one that cannot go on does not stop the others', async () => {
  const bob = callerNamed('bob')
  await set([1])
  await create(BATCH * 2)
  await set([1], 'small', bob)
  await createJobs(stage.jobs.parts, bob, [{ ...definition, calendars: [{ name: 'small' }] }])
  await set([2])
  clock.setWall(new Date('2026-11-23T12:00:01Z'))
  await set([2], 'small', bob)
  clock.setWall(new Date('2026-11-23T12:00:02Z'))
  await rollOutCalendars(stage.jobs.parts)
  clock.setWall(new Date('2026-11-23T12:00:03Z'))
  await rollOutCalendars(stage.jobs.parts)
  expect([await staleJobs(), await staleJobs('small', 'bob')]).toEqual([BATCH, 0])

  const harm = `update calendars set rules = '{' where name = 'bank'`
  await set([3], 'small', bob)
  await stage.database.unit([], (unit) => unit.run(harm))
  clock.setWall(new Date('2026-11-23T12:00:04Z'))
  await expect(rollOutCalendars(stage.jobs.parts)).rejects.toThrow('JSON')
  await rollOutCalendars(stage.jobs.parts)
  expect(await staleJobs('small', 'bob')).toBe(0)
})
