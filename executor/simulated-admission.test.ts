import { expect, test } from 'vitest'
import { defaultPolicy, type Overlap } from '#platform/policy'
import { defaultTimingOptions } from '#platform/schedule'
import { type SimulatedAdmission, simulate, simulateAdmission } from '#platform/timetable'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { asking, START, type Stage, stage, taskOf, tasksOf } from './executor.fixture.ts'

const OVERLAPS: readonly Overlap[] = [
  'SKIP',
  'BUFFER_ONE',
  'BUFFER_ALL',
  'CANCEL_OTHER',
  'TERMINATE_OTHER',
  'ALLOW_ALL',
]
const BUFFER_MAX = 3
const DURATION_MS = 5_000
const later = (ms: number): Date => new Date(START.getTime() + ms)

// After the outage what was missed comes together.
const fires = simulate({
  jobId: 'job',
  timing: { ...defaultTimingOptions, schedule: '*/2 * * * * *', catchup: 'ALL' },
  createdAt: START,
  from: START,
  to: later(24_000),
  outages: [{ from: later(7_000), to: later(15_000) }],
  recordsMax: 1_000,
}).fires

function simulated(overlap: Overlap): readonly SimulatedAdmission[] {
  const steps = simulateAdmission(fires, { ...defaultPolicy, overlap, bufferMax: BUFFER_MAX }, DURATION_MS)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

async function happened({ world }: Stage, jobId: string) {
  const rows = await world.database.reader.all<{
    id: string
    status: string
    error_code: string | null
    blocked_by: string | null
    started_at: number | null
    finished_at: number | null
  }>('select * from executions where job_id = ? order by id', [jobId])
  return rows.map(({ status, error_code, blocked_by, started_at, finished_at }) => ({
    skippedAs: status === 'SKIPPED' ? error_code : null,
    startsAt: started_at && new Date(started_at),
    endsAt: status === 'SKIPPED' ? null : finished_at && new Date(finished_at),
    blockedBy: status === 'SKIPPED' ? rows.findIndex(({ id }) => id === blocked_by) : null,
  }))
}

test('what a simulation says of overlap is what comes of the same fires, whatever the job says', async () => {
  const given = await stage()
  const task = taskOf('TIMED', async (_params, { clock, signal }) => {
    await clock.sleep(DURATION_MS, signal)
    signal.throwIfAborted()
    return { result: null, artefacts: [] }
  })
  await given.executor({ tasks: tasksOf(given.clock, task) })
  for (const { firedAt } of fires) {
    await given.clock.advance(firedAt.getTime() - given.clock.now().getTime())
    const wanted = OVERLAPS.map((overlap) => ({
      ...asking('TIMED', { overlap, bufferMax: BUFFER_MAX }),
      jobId: overlap,
    }))
    await request(given.world, ...wanted)
    await given.clock.settle()
  }
  await given.clock.advance((BUFFER_MAX + 2) * DURATION_MS)
  for (const overlap of OVERLAPS) {
    const expected = simulated(overlap).map(({ outcome, startsAt, endsAt, blockedBy }) => {
      const isSkipped = outcome === 'SKIPPED_OVERLAP' || outcome === 'DROPPED_BUFFER'
      return { skippedAs: isSkipped ? outcome : null, startsAt, endsAt, blockedBy: isSkipped ? blockedBy : null }
    })
    expect(await happened(given, overlap), overlap).toEqual(expected)
    const skips = expected.some(({ skippedAs }) => skippedAs !== null)
    expect(skips, overlap).toBe(overlap === 'SKIP' || overlap.startsWith('BUFFER'))
  }
}, 60_000)
