import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clockOfFile, openApiClient, type SystemProcess, setClock, signUp, startSystem } from '#platform/testing'
import { createJob, eventually } from '../e2e/world.ts'

const HOUR_SECONDS = 3_600
const SECOND_MS = 1_000
const CAUGHT_UP_MAX = 50

interface Row {
  readonly nominal_at: number
  readonly through_at: number | null
  readonly slot_count: number
  readonly outcome: string
  readonly reason: string | null
  readonly is_late: number
  readonly decided_at: number
}

const folder = mkdtempSync(join(tmpdir(), 'carillon-clock-jumps-'))
const dataDirectory = join(folder, 'data')
const clock = join(folder, 'clock')
const jobs = { LAST: '', ALL: '', NONE: '' }
let system: SystemProcess

// One process: its wall clock is the clock of its databases.
beforeAll(async () => {
  system = await startSystem({ dataDirectory, environment: clockOfFile(clock) })
  const client = await signUp(openApiClient(system.url), 'jumps')
  for (const catchup of ['LAST', 'ALL', 'NONE'] as const) {
    const input = {
      jobType: 'ECHO',
      schedule: '@every 1s',
      params: { message: catchup },
      catchup,
      overlap: 'ALLOW_ALL',
    }
    jobs[catchup] = await createJob(client, { ...input, catchupMax: CAUGHT_UP_MAX })
  }
}, 70_000)

afterAll(async () => {
  await system?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function read<R>(database: string, sql: string, ...params: string[]): R[] {
  const file = new DatabaseSync(join(dataDirectory, `${database}.sqlite`), { readOnly: true, timeout: 5_000 })
  try {
    return file.prepare(sql).all(...params) as R[]
  } finally {
    file.close()
  }
}

const ledger = (jobId: string): Row[] =>
  read<Row>('scheduler', `select * from occurrences where job_id = ? and cause = 'schedule' order by nominal_at`, jobId)

const fires = (jobId: string): Row[] => ledger(jobId).filter(({ outcome }) => outcome === 'FIRED')

/** Waits until a job has fired so many more times on time. */
const firesOnTime = (jobId: string, after: number, times: number) =>
  eventually(
    async () => fires(jobId).filter(({ nominal_at, is_late }) => nominal_at > after && is_late === 0).length,
    (count) => count >= times,
    30_000,
  )

/** No nominal time is without a record, and none has two. */
function expectNoHole(rows: readonly Row[]): void {
  for (const [index, { nominal_at }] of rows.entries()) {
    const before = rows[index - 1]
    if (before) expect(nominal_at).toBe((before.through_at ?? before.nominal_at) + SECOND_MS)
  }
}

test('the clock of the database jumps an hour forward: what lies between is caught up with as each job says', async () => {
  for (const jobId of Object.values(jobs)) await firesOnTime(jobId, 0, 2)
  const beforeMs = Math.max(...Object.values(jobs).map((jobId) => ledger(jobId).at(-1)?.nominal_at ?? 0))
  setClock(clock, HOUR_SECONDS)
  const landedMs = beforeMs + HOUR_SECONDS * SECOND_MS
  for (const jobId of Object.values(jobs)) await firesOnTime(jobId, landedMs, 3)

  const late = (jobId: string): number => fires(jobId).filter(({ is_late }) => is_late === 1).length
  expect([late(jobs.LAST), late(jobs.ALL), late(jobs.NONE)]).toEqual([1, CAUGHT_UP_MAX, 0])
  const skips = (jobId: string) =>
    ledger(jobId)
      .filter(({ outcome }) => outcome !== 'FIRED')
      .map(({ outcome, reason }) => `${outcome} ${reason}`)
  expect([skips(jobs.LAST), skips(jobs.ALL), skips(jobs.NONE)]).toEqual([
    ['SKIPPED_CATCHUP COLLAPSED'],
    ['SKIPPED_CATCHUP OVER_CATCHUP_MAX'],
    ['SKIPPED_CATCHUP CATCHUP_NONE'],
  ])
  for (const jobId of Object.values(jobs)) expectNoHole(ledger(jobId))
}, 90_000)

test('it jumps an hour back: no nominal time fires a second time, and what is new fires', async () => {
  const before = Object.values(jobs).map((jobId) => ledger(jobId))
  setClock(clock, 0)
  // A client that comes after the jump: the token of the one before is of an hour that is yet to come.
  const client = await signUp(openApiClient(system.url), 'afterwards')
  const fresh = await createJob(client, { jobType: 'ECHO', schedule: '@every 1s', params: {} })
  await firesOnTime(fresh, 0, 4)

  const after = Object.values(jobs).map((jobId) => ledger(jobId))
  const jumpedMs = Math.max(...ledger(fresh).map(({ decided_at }) => decided_at))
  for (const [index, rows] of after.entries()) {
    // At most what was still on its way when the clock was set.
    expect(rows.length - (before[index]?.length ?? 0)).toBeLessThanOrEqual(2)
    expect(rows.filter(({ decided_at, nominal_at }) => decided_at <= jumpedMs && nominal_at > jumpedMs)).toEqual([])
    expectNoHole(rows)
  }
  const runs = read<{ runs: number; times: number }>(
    'executions',
    `select count(*) as runs, count(distinct job_id || scheduled_for) as times from executions`,
  )
  expect(runs[0]?.runs).toBe(runs[0]?.times)
}, 90_000)
