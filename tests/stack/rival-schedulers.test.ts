import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clockAhead, seeded, stackRows } from '#platform/testing'
import { type DecidedRow, judged, LEDGER, punctual } from '../clocks/ledger-rows.ts'
import { eventually } from '../e2e/world.ts'
import { signedUp } from '../explain/use-everything.ts'
import { CATCHING_UP } from '../faults/history.ts'
import { type Cluster, openCluster, type ServiceProcess } from './cluster.ts'
import { SCALE } from './config.ts'
import { pass } from './load.ts'
import { serverGone, serversUp, signalServer } from './servers.ts'

const JOBS = 100
const HOUR_SECONDS = 3_600
const CALM_MS = 2_000
const HEAL_MS_MAX = 60_000
let cluster: Cluster
/** Three of them; the last one's clock is an hour ahead. */
let rivals: ServiceProcess[]

const startRival = (index: number): Promise<ServiceProcess> =>
  cluster.start('scheduler', index === 2 ? clockAhead(HOUR_SECONDS) : {})

// Nobody runs what fires: this is about who decides it, and what is requested is read where it was decided.
beforeAll(async () => {
  cluster = openCluster()
  await Promise.all((['auth', 'jobs', 'gateway'] as const).map((service) => cluster.start(service)))
  rivals = await Promise.all([0, 1, 2].map(startRival))
}, 180_000)

afterAll(async () => {
  await serversUp()
  await cluster?.close()
}, 120_000)

interface Created {
  readonly ids: ReadonlySet<string>
  readonly since: Date
  archive(): Promise<void>
}

/** Has somebody of its own create jobs that fire every second. */
async function createJobs(fields: object): Promise<Created> {
  const client = await signedUp(cluster.running('gateway')[0]?.url ?? '')
  const input = { jobType: 'ECHO', schedule: '@every 1s', params: {}, ...fields }
  const { createJobs: jobs } = await client.data<{ createJobs: readonly { id: string; createdAt: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id createdAt } }',
    { inputs: Array.from({ length: JOBS }, () => input) },
  )
  return {
    ids: new Set(jobs.map(({ id }) => id)),
    since: new Date(jobs[0]?.createdAt ?? 0),
    async archive() {
      for (const { id } of jobs) await client.data('mutation ($id: ID!) { archiveJob(id: $id) { id } }', { id })
    },
  }
}

interface LedgerRow extends DecidedRow {
  readonly through_at: number | null
  readonly slot_count: number
  readonly reason: string | null
  readonly is_late: number
}

async function ledgerOf({ ids }: Created): Promise<LedgerRow[]> {
  const sql = LEDGER.replace('outcome', 'outcome, through_at, slot_count, reason, is_late')
  return (await stackRows<LedgerRow>(cluster.folder, 'scheduler', sql)).filter(({ job_id }) => ids.has(job_id))
}

/** How many jobs have more or fewer requests than fires. What fires between the two looks is in one of them alone: then both are repeated. */
async function unequalRequests(created: Created): Promise<number> {
  const sql = `select record_key as job_id, count(*) as requests from outbox where topic = 'job-execute' group by record_key`
  const firesOf = async () => (await ledgerOf(created)).filter(({ outcome }) => outcome === 'FIRED')
  const looks = async () => {
    const before = await firesOf()
    const rows = await stackRows<{ job_id: string; requests: number }>(cluster.folder, 'scheduler', sql)
    return { before, rows, after: await firesOf() }
  }
  const seen = await eventually(looks, ({ before, after }) => before.length === after.length, HEAL_MS_MAX)
  const requests = new Map(seen.rows.map((row) => [row.job_id, Number(row.requests)]))
  const fires = Map.groupBy(seen.before, ({ job_id }) => job_id)
  return [...fires].filter(([jobId, own]) => own.length !== requests.get(jobId)).length
}

/** Waits until all that is due by now has been decided, and looks at all of it. */
async function verdict(created: Created) {
  const untilMs = Math.floor(Date.now() / 1_000) * 1_000
  const rows = await eventually(
    () => ledgerOf(created),
    (found) => judged(found, created.since, untilMs).missing === 0,
    HEAL_MS_MAX,
  )
  return { ...judged(rows, created.since, untilMs), unequalRequests: await unequalRequests(created), rows }
}

/** How many jobs have fired on time for a nominal time after an instant. */
function jobsOnTimeSince(rows: readonly LedgerRow[], sinceMs: number): number {
  const onTime = rows.filter(({ nominal_at, is_late }) => nominal_at > sinceMs && is_late === 0)
  return new Set(onTime.map(({ job_id }) => job_id)).size
}

const isFrozen = (pid: number): boolean => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

test(
  'three schedulers, one of them an hour ahead, killed and frozen at random: each nominal time fires once, none early, none 2 s late',
  async () => {
    const random = seeded(7)
    const created = await createJobs(CATCHING_UP)
    for (let round = 0; round < SCALE.rounds; round++) {
      await pass(CALM_MS)
      const index = Math.floor(random() * rivals.length)
      const victim = rivals[index]
      if (!victim) throw new Error('no such rival')
      if (round % 2 === 0) {
        victim.signal('SIGKILL')
        rivals[index] = await startRival(index)
      } else {
        victim.signal('SIGSTOP')
        await pass(SCALE.frozenMs)
        victim.signal('SIGCONT')
      }
    }
    await pass(CALM_MS)
    const { rows, ...found } = await verdict(created)
    expect({ ...found, lateMsMax: punctual(found.lateMsMax) }).toEqual({
      missing: 0,
      unequalRequests: 0,
      skipped: 0,
      early: [],
      lateMsMax: 'at most 2 s',
    })
    expect(rows.length).toBeGreaterThan(JOBS * 20)
    await created.archive()
  },
  120_000 + SCALE.rounds * SCALE.frozenMs,
)

test('a scheduler that is frozen as it commits comes too late: others have fired what it held, and nothing fires twice', async () => {
  const created = await createJobs(CATCHING_UP)
  const frozen = await cluster.start('scheduler', { CARILLON_TEST_FAIL_POINT: 'scheduler.before-fires@4:freeze' })
  await eventually(async () => isFrozen(frozen.pid), Boolean, 30_000)
  await pass(2 * CALM_MS)
  // All that is due was decided without it.
  expect(judged(await ledgerOf(created), created.since, Date.now() - CALM_MS).missing).toBe(0)
  frozen.signal('SIGCONT')
  await eventually(
    async () => frozen.output(),
    (output) => output.includes('schedule.round-failed'),
    HEAL_MS_MAX,
  )
  await pass(CALM_MS)
  const { rows: _, lateMsMax, ...found } = await verdict(created)
  expect(found).toEqual({ missing: 0, unequalRequests: 0, skipped: 0, early: [] })
  expect(punctual(lateMsMax)).toBe('at most 2 s')
  frozen.signal('SIGTERM')
  expect(await frozen.exited()).toBe(0)
  await created.archive()
}, 120_000)

test('while the broker is away firing stops, and afterwards catch-up decides: one late fire a job, the rest skipped', async () => {
  const created = await createJobs({ catchup: 'LAST' })
  await pass(CALM_MS)
  signalServer('kafka', 'SIGKILL')
  await serverGone('kafka')
  const awayMs = Date.now()
  await pass(SCALE.outageMs + 10_000)
  const backMs = Date.now()
  const firedMeanwhile = (await ledgerOf(created)).filter(({ nominal_at }) => nominal_at > awayMs)
  await serversUp()
  await eventually(
    () => ledgerOf(created),
    (found) => jobsOnTimeSince(found, backMs) === JOBS,
    HEAL_MS_MAX,
  )
  const rows = await ledgerOf(created)
  // What was fired in the first seconds waits in the outbox; then nothing was.
  expect(Math.max(...firedMeanwhile.map(({ decided_at }) => decided_at - awayMs))).toBeLessThan(9_000)
  const byJob = [...Map.groupBy(rows, ({ job_id }) => job_id).values()]
  for (const own of byJob) {
    const skipped = own.filter(({ outcome }) => outcome !== 'FIRED')
    expect(new Set(skipped.map(({ outcome, reason }) => `${outcome} ${reason}`))).toEqual(
      new Set(['SKIPPED_CATCHUP COLLAPSED']),
    )
    expect(own.filter(({ is_late }) => is_late === 1).length).toBeLessThanOrEqual(2)
    const decided = own.reduce((slots, { slot_count }) => slots + Number(slot_count), 0)
    const [first, last] = [own.map(({ nominal_at }) => nominal_at), own.map((row) => row.through_at ?? row.nominal_at)]
    expect(decided).toBe((Math.max(...last) - Math.min(...first)) / 1_000 + 1)
  }
  await created.archive()
}, 180_000)
