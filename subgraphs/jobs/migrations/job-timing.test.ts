import { expect, test } from 'vitest'
import { migrate } from '#platform/database'
import { append, eventStoreMigrations, newStream } from '#platform/event-store'
import { outboxMigrations } from '#platform/outbox'
import { differences, rebuild } from '#platform/projections'
import { defaultTimingOptions } from '#platform/schedule'
import { movedClock, openTestDatabase } from '#platform/testing'
import { loadJobs } from '../projections/job-rows.ts'
import { jobsProjection } from '../projections/jobs.ts'
import { jobsMigrations } from './index.ts'

const at = new Date('2026-11-23T12:00:00Z')
const context = { workspaceId: 'w', actor: 'u', correlationId: 'c', causationId: 'c' }
const definition = { workspaceId: 'w', ownerId: 'u', name: 'old', jobType: 'ECHO', schedule: '@hourly', params: '{}' }

test('jobs of before timing was kept have the defaults, and their pauses began when they did', async () => {
  const clock = movedClock(at)
  const database = await openTestDatabase({ name: 'jobs', clock })
  const before = jobsMigrations.slice(0, 3)
  await migrate(database, [...eventStoreMigrations, ...outboxMigrations, ...before])
  const atMs = at.getTime()
  const created = (jobId: string) => ({
    type: 'JobCreated',
    jobId,
    ...definition,
    createdAtMs: atMs,
  })
  const columns =
    'workspace_id, id, owner_id, name, name_folded, job_type, schedule, params, state, scheduled_since, created_at, updated_at, version, sent_version, stream_hash'
  await database.unit([], async (unit) => {
    const events = [created('j2'), { type: 'JobPaused', jobId: 'j2', pausedAtMs: atMs }]
    const heads = await append(unit, [
      { ...context, head: newStream('job-j1'), events: [created('j1')] },
      { ...context, head: newStream('job-j2'), events },
    ])
    for (const [index, state] of ['ACTIVE', 'PAUSED'].entries()) {
      const { version = 0, hash = '' } = heads[index] ?? {}
      await unit.run(
        `insert into jobs (${columns}) values ('w', ?, 'u', 'old', 'old', 'ECHO', '@hourly', '{}', ?, ?, ?, ?, ?, ?, ?)`,
        [`j${index + 1}`, state, atMs, atMs, atMs, version, version, hash],
      )
    }
    await unit.run("insert into workspace_jobs (workspace_id, job_count) values ('w', 2)")
  })

  await migrate(database, [...eventStoreMigrations, ...outboxMigrations, ...jobsMigrations])
  const jobs = await loadJobs(database.reader, 'jobs', 'w', ['j1', 'j2'])
  const defaults = { timing: defaultTimingOptions, pauseOnFailures: null, policy: '{}' }
  expect(jobs.get('j1')?.state).toMatchObject({ ...defaults, state: 'ACTIVE', pause: null })
  const pause = { since: at, until: null, note: null, by: '', reason: 'ASKED' }
  expect(jobs.get('j2')?.state).toMatchObject({ ...defaults, state: 'PAUSED', pause })
  expect(await rebuild(database, jobsProjection, (unit) => differences(unit, jobsProjection))).toEqual([])
  await database.close()
})
