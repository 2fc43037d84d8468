import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import { openLedgerPruning } from './commands/prune-ledger.ts'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { brief, decided, fire, recordsOf, skip } from './ledger.fixture.ts'
import { createJob, type Job } from './main.ts'

const DAY_MS = 86_400_000
const KEPT_MS = 7 * DAY_MS

let clock: MovedClock
let stage: JobsStage
let job: Job

beforeEach(async () => {
  clock = movedClock(new Date('2026-11-23T11:30:00Z'))
  stage = await openStage(clock)
  await stage.jobs.start()
  job = await createJob(stage.jobs.parts, callerNamed('alice'), { jobType: 'ECHO', schedule: '0 * * * *' })
  await stage.tell(
    decided(job, 1, {
      fired: [at('23T12:00'), at('23T14:00'), at('25T12:00')].map((time) => fire(time)),
      skipped: [skip(at('23T13:00')), skip(at('24T12:00'), { through: at('25T11:00'), count: 24 })],
      nextFireAt: at('25T13:00'),
      decidedAt: at('25T12:00'),
    }),
  )
  await clock.advance(1_000)
})

afterEach(() => stage.close())

const at = (time: string): Date => new Date(`2026-11-${time}:00Z`)

/** Prunes as it is at an instant, until nothing is left to do. */
async function prunedAt(now: Date): Promise<void> {
  clock.setWall(now)
  const pruning = openLedgerPruning(stage.database, KEPT_MS)
  for (let rounds = 0; (await pruning.run()) > 0; rounds++) if (rounds > 50) throw new Error('it prunes for ever')
}

const kept = async (): Promise<readonly string[]> =>
  brief(await recordsOf(stage, job, { outcome: ['FIRED', 'SKIPPED_CATCHUP'] }))
const missed = async (): Promise<number> =>
  (await stage.database.reader.get<{ n: number }>('select count(*) as n from missed'))?.n ?? 0

async function explained(time: Date): Promise<string> {
  const query = 'query ($id: ID!, $at: String!) { job(id: $id) { explain(at: $at) { verdict message } } }'
  const { explain } = await stage.ask<{ explain: { verdict: string; message: string } }>(query, {
    id: job.id,
    at: time.toISOString(),
  })
  return `${explain.verdict}: ${explain.message}`
}

describe('what the ledger keeps', () => {
  test('is all of it until its time is over, and a run that reaches into the time stays whole', async () => {
    const all = ['12:00 FIRED', '12:00x24 SKIPPED_CATCHUP', '14:00 FIRED', '13:00 SKIPPED_CATCHUP', '12:00 FIRED']
    await prunedAt(new Date(+at('23T12:00') + KEPT_MS))
    expect(await kept()).toEqual(all)
    await prunedAt(new Date(+at('24T20:00') + KEPT_MS))
    expect(await kept()).toEqual(all.slice(0, 2))
    await prunedAt(new Date(+at('25T12:00') + KEPT_MS + 1))
    expect(await kept()).toEqual([])
  })

  test('is what was missed, too', async () => {
    expect(await missed()).toBeGreaterThan(0)
    await prunedAt(new Date(+at('25T12:00') + KEPT_MS))
    expect(await missed()).toBeGreaterThan(0)
    await prunedAt(new Date(+at('25T12:00') + KEPT_MS + 1))
    expect(await missed()).toBe(0)
  })

  test('is told by who asks for what is gone, which is not taken for undecided', async () => {
    await prunedAt(new Date(+at('25T00:00') + KEPT_MS))
    expect(await explained(at('23T12:00'))).toBe(
      'UNKNOWN: It was due, and what became of it was deleted: the ledger reaches back to 2026-11-25T00:00:00.000Z.',
    )
    expect(await explained(at('23T12:30'))).toContain('NOT_DUE')
    expect(await explained(at('25T12:00'))).toContain('FIRED')
    await prunedAt(new Date(+at('26T00:00') + KEPT_MS))
    const listed = brief(await recordsOf(stage, job, { to: at('25T23:00') }))
    expect(listed.filter((each) => each.startsWith('12:00'))).toEqual([])
  })

  test('is as far back as a backfill may look for what has fired already', async () => {
    await prunedAt(new Date(+at('25T00:00') + KEPT_MS))
    const query = `mutation ($jobId: ID!, $from: DateTime!, $to: DateTime!, $rerun: Boolean) {
      backfill(jobId: $jobId, from: $from, to: $to, rerun: $rerun, dryRun: true) { leftOutCount } }`
    const input = { jobId: job.id, from: at('24T23:00').toISOString(), to: at('25T13:00').toISOString() }
    await expect(stage.ask(query, input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await stage.ask(query, { ...input, rerun: true })).toEqual({ leftOutCount: 0 })
    expect(await stage.ask(query, { ...input, from: at('25T00:00').toISOString() })).toEqual({ leftOutCount: 1 })
  })
})
