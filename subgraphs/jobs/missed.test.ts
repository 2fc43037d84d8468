import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ExecutionLifecycle, executionChangedDefaults } from '#avro'
import type { ResultStream } from '#platform/graphql'
import { type MovedClock, movedClock } from '#platform/testing'
import { openOverdueWatch } from './commands/tell-overdue.ts'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { decided, fire, skip } from './ledger.fixture.ts'
import { createJob, type Job, pauseJob, updateJob } from './main.ts'

const alice = callerNamed('alice')
const start = new Date('2026-11-23T12:00:00Z')
const MISSED = 'select kind, job_id, scheduled_for, nominal_count n, reason, detail from missed order by id'

let clock: MovedClock
let stage: JobsStage
let job: Job

beforeEach(async () => {
  clock = movedClock(start)
  stage = await openStage(clock)
  await stage.jobs.start()
  job = await jobOf('@hourly')
})

afterEach(() => stage.close())

const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)

function jobOf(schedule: string, changes: object = {}, token = 'alice'): Promise<Job> {
  return createJob(stage.jobs.parts, callerNamed(token), { jobType: 'ECHO', schedule, ...changes })
}

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await clock.advance(1_000)
}

const missed = () => stage.database.reader.all(MISSED)

describe('a subscription to what is missed', () => {
  const WATCH = `subscription ($jobId: ID, $kinds: [MissedKind!]) { jobMissed(jobId: $jobId, kinds: $kinds) {
    kind scheduledFor count lateBy reason job { id name } execution { id } } }`

  /** What a watcher is told, once so many things have come. */
  async function told(stream: ResultStream, count: number): Promise<readonly unknown[]> {
    const found: unknown[] = []
    while (found.length < count) {
      const next = stream.next()
      await clock.advance(1_000)
      const { value } = await next
      found.push((value as { data: { jobMissed: unknown } }).data.jobMissed)
    }
    return found
  }

  async function watch(variables: object = {}, token = 'alice'): Promise<ResultStream> {
    const stream = await stage.watch(WATCH, variables, token)
    if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream))
    return stream
  }

  const late = (of: Job, version: number, time: string): ToldRecord =>
    decided(of, version, { fired: [fire(at(time), { isLate: true })], decidedAt: at('23:00:00') })

  test('tells of late fires and of skips, of one job or of all, and of some kinds', async () => {
    const other = await jobOf('@hourly')
    const [all, one, skips] = [await watch(), await watch({ jobId: other.id }), await watch({ kinds: ['SKIPPED'] })]
    const skipped = skip(at('15:00:00'), { through: at('17:00:00'), count: 3 })
    await tell(late(job, 1, '14:00:00'))
    await tell(decided(other, 1, { skipped: [skipped], decidedAt: at('18:00:00') }))
    const [first, second] = [
      {
        kind: 'LATE',
        scheduledFor: '2026-11-23T14:00:00.000Z',
        count: 1,
        lateBy: '9h',
        reason: 'LATE',
        job: { id: job.id, name: job.name },
        execution: { id: 'execution-at-2026-11-23T14:00:00.000Z' },
      },
      {
        kind: 'SKIPPED',
        scheduledFor: '2026-11-23T15:00:00.000Z',
        count: 3,
        lateBy: null,
        reason: 'CATCHUP_NONE',
        job: { id: other.id, name: other.name },
        execution: null,
      },
    ]
    expect(await told(all, 2)).toEqual([first, second])
    expect(await told(one, 1)).toEqual([second])
    expect(await told(skips, 1)).toEqual([second])
    for (const stream of [all, one, skips]) await stream.return?.()
  })

  test('tells nobody of another workspace', async () => {
    const strange = await jobOf('@hourly', {}, 'bob')
    const [hers, his] = [await watch(), await watch({}, 'bob')]
    await tell(late(strange, 1, '13:00:00'), late(job, 1, '14:00:00'))
    expect(await told(hers, 1)).toMatchObject([{ job: { id: job.id } }])
    expect(await told(his, 1)).toMatchObject([{ job: { id: strange.id } }])
    for (const stream of [hers, his]) await stream.return?.()
  })
})

describe('executions that fail again and again', () => {
  function ended(executionId: string, minute: number, status: ExecutionLifecycle): ToldRecord {
    const { id: jobId, workspaceId } = job
    const times = { scheduledFor: at('12:00:00'), changedAt: new Date(start.getTime() + minute * 60_000) }
    const changed = {
      executionId,
      jobId,
      workspaceId,
      previousStatus: 'NONE',
      status,
      attempt: 1,
      errorCode: null,
      ...executionChangedDefaults,
    } as const
    return { version: 1, changed: { ...changed, ...times } }
  }

  test('are told of once for each time that they begin to', async () => {
    for (const [n, status] of (['FAILED', 'FAILED', 'SUCCEEDED', 'FAILED', 'FAILED'] as const).entries())
      await tell(ended(`e${n}`, n, status))
    expect(await missed()).toEqual([])
    for (const n of [5, 6, 7]) await tell(ended(`e${n}`, n, 'FAILED'))
    expect(await missed()).toMatchObject([{ kind: 'FAILING', n: 3, detail: '3 executions failed in a row' }])
    await tell(ended('e8', 8, 'SUCCEEDED'))
    await tell(...[9, 10, 11, 12].map((n) => ended(`e${n}`, n, 'FAILED')))
    expect((await missed()).map(({ n }) => n)).toEqual([3, 4])
  })

  test('are told of when they are as many as the job lets, and it is paused', async () => {
    job = await jobOf('@hourly', { pauseOnFailures: 1 })
    await tell(ended('e', 0, 'FAILED'))
    expect(await missed()).toMatchObject([{ kind: 'FAILING', n: 1, detail: 'an execution failed' }])
    expect(await stage.database.reader.get('select state from jobs where id = ?', [job.id])).toEqual({
      state: 'PAUSED',
    })
  })
})

describe('a job that is overdue', () => {
  const LATE_MS = 5_000 + 30_000
  const overdue = (time: string, of = job) => ({ kind: 'OVERDUE', job_id: of.id, scheduled_for: at(time).getTime() })

  async function look(ms: number): Promise<void> {
    clock.setWall(new Date(at('13:00:00').getTime() + ms))
    await clock.advance(6_000)
  }

  test('is told of once, when nobody has said anything for 30 s beyond what is late', async () => {
    await tell(decided(job, 1, { nextFireAt: at('13:00:00'), decidedAt: start }))
    await look(LATE_MS - 7_000)
    expect(await missed()).toEqual([])
    await look(LATE_MS)
    expect(await missed()).toMatchObject([overdue('13:00:00')])
    await look(2 * LATE_MS)
    expect(await missed()).toHaveLength(1)
    expect((await missed())[0]).toMatchObject({
      reason: 'SCHEDULER_BEHIND',
      detail: expect.stringMatching(/^no scheduler has said anything of it for 3\ds$/),
    })
  })

  test('is told of once by two processes that look at the same moment', async () => {
    await tell(decided(job, 1, { nextFireAt: at('13:00:00'), decidedAt: start }))
    clock.setWall(at('13:10:00'))
    const watches = [openOverdueWatch(stage.jobs.parts), openOverdueWatch(stage.jobs.parts)]
    const told = await Promise.all(watches.map((watch) => watch.runOnce()))
    expect(told.reduce((sum, each) => sum + each, 0)).toBe(1)
    expect(await missed()).toHaveLength(1)
    expect(await Promise.all(watches.map((watch) => watch.runOnce()))).toEqual([0, 0])
  })

  test('is also one that no scheduler has ever heard of, or whose change it has not', async () => {
    await look(LATE_MS)
    expect(await missed()).toMatchObject([overdue('13:00:00')])
    await tell(decided(job, 1, { nextFireAt: at('14:00:00'), decidedAt: at('13:01:00') }))
    await updateJob(stage.jobs.parts, alice, { jobId: job.id, schedule: '*/10 * * * *' })
    await look(20 * 60_000)
    expect(await missed()).toMatchObject([overdue('13:00:00'), overdue('13:10:00')])
  })

  test('is none that is paused, waits for its own patience, is over, or is run by hand', async () => {
    const [paused, patient, over] = [
      await jobOf('@hourly'),
      await jobOf('@hourly', { lateAfter: 3_600_000 }),
      await jobOf('@hourly'),
    ]
    await jobOf('@manually')
    await tell(
      ...[job, paused, patient].map((each) =>
        decided(each, 1, { nextFireAt: at('14:00:00'), decidedAt: at('13:00:00') }),
      ),
      decided(over, 1, { exhausted: true, fired: [fire(start)], decidedAt: start }),
    )
    await pauseJob(stage.jobs.parts, alice, { jobId: paused.id })
    await look(3_600_000 + LATE_MS)
    expect(await missed()).toMatchObject([overdue('14:00:00', job)])
    await look(2 * 3_600_000 + LATE_MS)
    expect(await missed()).toMatchObject([overdue('14:00:00', job), overdue('14:00:00', patient)])
  })
})
