import { afterEach, beforeEach, expect, test } from 'vitest'
import { differences, rebuild } from '#platform/projections'
import { callerNamed, type JobsStage, openStage } from '../jobs.fixture.ts'
import { archiveJob, createJobs, jobsProjection, pauseJob, resumeJob, triggerJob, updateJob } from '../main.ts'

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage()
})

afterEach(() => stage.close())

const compare = (): Promise<readonly unknown[]> =>
  rebuild(stage.database, jobsProjection, (unit) => differences(unit, jobsProjection))

async function history(): Promise<void> {
  const { parts } = stage.jobs
  for (const name of ['alice', 'bob']) {
    const caller = callerNamed(name)
    const jobs = await createJobs(parts, caller, Array(600).fill({ jobType: 'ECHO', schedule: '@hourly' }))
    for (const [index, { id: jobId }] of jobs.entries()) {
      if (index % 2) await pauseJob(parts, caller, { jobId })
      if (index % 3) await resumeJob(parts, caller, { jobId })
      if (index % 5 === 0) await updateJob(parts, caller, { jobId, name: `Ünïcode ${index}`, schedule: '@daily' })
      if (index % 7 === 0) await triggerJob(parts, caller, { jobId })
      if (index % 11 === 0) await archiveJob(parts, caller, { jobId })
    }
  }
}

test('live equals rebuilt: the jobs from their events', async () => {
  await history()
  expect(await compare()).toEqual([])
})

test.each([
  ['a lost row', 'delete from jobs where id = (select max(id) from (select id from jobs) every_job)'],
  [
    'a wrong state',
    "update jobs set state = 'COMPLETED' where id = (select min(id) from (select id from jobs) every_job)",
  ],
  [
    'a wrong count',
    'update workspace_jobs set job_count = 599 where workspace_id = (select min(workspace_id) from jobs)',
  ],
  [
    'a wrong head of its stream',
    "update jobs set stream_hash = 'x' where id = (select max(id) from (select id from jobs) every_job)",
  ],
  [
    'a wrong chain of records',
    'update jobs set sent_version = 0 where id = (select max(id) from (select id from jobs) every_job)',
  ],
])('%s is found', async (_harm, sql) => {
  await createJobs(stage.jobs.parts, callerNamed('alice'), Array(3).fill({ jobType: 'ECHO', schedule: '@hourly' }))
  await stage.database.unit([], (unit) => unit.run(sql))
  expect(await compare()).toHaveLength(1)
})
