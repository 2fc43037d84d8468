import { afterEach, beforeEach, expect, test } from 'vitest'
import { brokenLinks, load, type Stream } from '#platform/event-store'
import { differences, rebuild } from '#platform/projections'
import { movedClock, seeded } from '#platform/testing'
import { changeJob } from './commands/change-job.ts'
import { completeJobs } from './commands/complete-jobs.ts'
import { endPauses } from './commands/end-pauses.ts'
import { job as decider, type JobCommand, jobStream } from './domain/job.ts'
import type { JobEvent } from './domain/job-event.ts'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { archiveJob, createJobs, type Job, jobsProjection, pauseJob, resumeJob, triggerJob, updateJob } from './main.ts'
import { loadJobs, type SavedJob } from './projections/job-rows.ts'

const clock = movedClock(new Date('2026-11-23T12:00:00Z'))
const alice = callerNamed('alice')

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage(clock)
})

afterEach(() => stage.close())

const oneJob = async (): Promise<Job> => {
  const [job] = await createJobs(stage.jobs.parts, alice, [{ jobType: 'ECHO', schedule: '@hourly' }])
  if (!job) throw new Error('no job')
  return job
}

const complete = (...jobs: readonly Job[]): Promise<unknown> => {
  const context = { correlationId: 'c', causationId: 'r' }
  const done = jobs.map(({ id: jobId, workspaceId }) => ({ jobId, workspaceId, ...context }))
  return stage.database.unit([], (unit) => completeJobs(unit, done))
}

const savedOf = async ({ id, workspaceId }: Job): Promise<SavedJob | undefined> =>
  (await loadJobs(stage.database.reader, 'jobs', workspaceId, [id])).get(id)

const foldOf = ({ head, events }: Stream<JobEvent>): object => ({
  state: events.reduce((state, { event }) => decider.evolve(state, event), decider.initial),
  head,
})

const streamOf = ({ id }: Job): Promise<Stream<JobEvent>> => load<JobEvent>(stage.database.reader, jobStream(id))

const record = ({ id: jobId }: Job, command: JobCommand): Promise<unknown> =>
  changeJob(stage.jobs.parts, alice, { jobId, action: 'change', correlationId: 'c' }, () => command)

/** Everything that can happen to a job; `chance` makes texts that differ. */
const CHANGES: { readonly [name: string]: (job: Job, chance: number) => Promise<unknown> } = {
  rename: ({ id: jobId }, chance) => updateJob(stage.jobs.parts, alice, { jobId, name: `Ünï ${chance}` }),
  reschedule: ({ id: jobId }, chance) =>
    updateJob(stage.jobs.parts, alice, { jobId, schedule: `@every ${1 + Math.floor(chance * 60)}s` }),
  params: ({ id: jobId }, chance) => updateJob(stage.jobs.parts, alice, { jobId, params: { chance } }),
  pause: ({ id: jobId }) => pauseJob(stage.jobs.parts, alice, { jobId }),
  resume: ({ id: jobId }) => resumeJob(stage.jobs.parts, alice, { jobId }),
  retime: ({ id: jobId }, chance) =>
    updateJob(stage.jobs.parts, alice, {
      jobId,
      jitter: Math.floor(chance * 9),
      pauseOnFailures: chance > 0.5 ? 3 : null,
    }),
  'pause for a while': ({ id: jobId }, chance) => {
    const until = new Date(clock.now().getTime() + 1_000 + Math.floor(chance * 9_000))
    return pauseJob(stage.jobs.parts, alice, { jobId, note: `until ${chance}`, until })
  },
  'resume and catch up': ({ id: jobId }) => resumeJob(stage.jobs.parts, alice, { jobId, catchUp: true }),
  'end pauses': () => endPauses(stage.jobs.parts),
  'cancel a backfill': (job) => record(job, { type: 'CancelBackfill', backfillId: 'b', now: clock.now() }),
  'change calendars': (job, chance) => {
    const rules = { timeZone: null, workDays: [Math.floor(chance * 7)], holidays: [], blackouts: [] }
    const calendars = [{ name: 'c', version: Math.floor(chance * 99), on: 'ANY_DAY', rules }] as const
    return record(job, { type: 'ChangeCalendars', calendars, now: clock.now() })
  },
  trigger: ({ id: jobId }, chance) => triggerJob(stage.jobs.parts, alice, { jobId, params: { chance } }),
  complete: (job) => complete(job),
}

test.each([1, 2, 3, 4, 5])('the row is what all events make of a job, after any changes (seed %i)', async (seed) => {
  const random = seeded(seed)
  const job = await oneJob()
  const names = Object.keys(CHANGES)
  for (let step = 0; step < 120; step++) {
    clock.setWall(new Date(clock.now().getTime() + 1_000))
    const name = names[Math.floor(random() * names.length)] ?? ''
    await CHANGES[name]?.(job, random())
    expect(await savedOf(job), `${step}: ${name}`).toEqual(foldOf(await streamOf(job)))
  }
  await archiveJob(stage.jobs.parts, alice, { jobId: job.id })
  await complete(job)
  const stream = await streamOf(job)
  expect(await savedOf(job)).toEqual(foldOf(stream))
  expect(stream.events.at(-1)?.event.type).toBe('JobArchived')
  // The walk has been everywhere.
  expect(new Set(stream.events.map(({ event }) => event.type)).size).toBe(10)
  expect(await brokenLinks(stage.database.reader, jobStream(job.id))).toEqual([])
  expect(await rebuild(stage.database, jobsProjection, (unit) => differences(unit, jobsProjection))).toEqual([])
})

test('a row that lags behind its events is never written over them, and a wrong hash breaks the chain', async () => {
  const job = await oneJob()
  const [lagging, forged] = [job, await oneJob()]
  await triggerJob(stage.jobs.parts, alice, { jobId: lagging.id })
  await stage.database.unit([], async (unit) => {
    await unit.run('update jobs set version = 1 where id = ?', [lagging.id])
    await unit.run("update jobs set stream_hash = 'forged' where id = ?", [forged.id])
  })
  await expect(pauseJob(stage.jobs.parts, alice, { jobId: lagging.id })).rejects.toThrow('another writer was first')
  await expect(complete(lagging)).rejects.toThrow('another writer was first')
  await pauseJob(stage.jobs.parts, alice, { jobId: forged.id })
  expect(await brokenLinks(stage.database.reader, jobStream(forged.id))).toEqual([2])
})

test('jobs are changed and completed by their rows alone, however many events they have', async () => {
  const [changed, completed] = [await oneJob(), await oneJob()]
  await stage.database.unit([], async (unit) => {
    await unit.run("update events set version = 250000, payload = 'nothing to read'")
    await unit.run('update jobs set version = 250000, sent_version = 250000')
  })
  expect(await pauseJob(stage.jobs.parts, alice, { jobId: changed.id })).toMatchObject({ version: 250_001 })
  await complete(changed, completed)
  const rows = await stage.database.reader.all('select id, state, version, sent_version from jobs order by id')
  expect(rows).toEqual([
    { id: changed.id, state: 'PAUSED', version: 250_001, sent_version: 250_001 },
    { id: completed.id, state: 'COMPLETED', version: 250_001, sent_version: 250_000 },
  ])
})

test('jobs of many workspaces are completed together, each with its own head', async () => {
  const callers = Array.from({ length: 20 }, (_, index) => callerNamed(`user${index}`))
  const jobs: Job[] = []
  for (const caller of callers) {
    jobs.push(...(await createJobs(stage.jobs.parts, caller, Array(3).fill({ jobType: 'ECHO', schedule: '@hourly' }))))
  }
  await complete(...jobs)
  for (const job of jobs) {
    expect(await savedOf(job)).toMatchObject({ state: { state: 'COMPLETED', version: 2 } })
    expect(await savedOf(job)).toEqual(foldOf(await streamOf(job)))
  }
})
