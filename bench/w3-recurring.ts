import { type BenchSystem, percentile } from './system.ts'

const SETTLE_MS = 5_000

interface Started {
  readonly job_id: string
  readonly scheduled_for: number
  readonly started_at: number | null
}

/** What became of recurring schedules. */
export interface Recurring {
  readonly expected: number
  readonly fired: number
  readonly missed: number
  readonly doubled: number
  /** From the nominal time to the start of the task. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly peakPerSecond: number
}

/** Schedules, each of which fires once in every period. */
export interface RecurringLoad {
  readonly schedules: number
  schedule(index: number): string
  readonly everySeconds: number
  readonly seconds: number
}

/** Many schedules that fire together, for a while. */
export async function recurring(
  { client, rows }: BenchSystem,
  { schedules, schedule, everySeconds, seconds }: RecurringLoad,
): Promise<Recurring> {
  const everyMs = everySeconds * 1_000
  // Created in the first half of a period, so that all of them see the same instants.
  const untilCreationMs = everyMs - (Date.now() % everyMs) + 500
  await new Promise((resolve) => setTimeout(resolve, untilCreationMs))
  await client.data('mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }', {
    inputs: Array.from({ length: schedules }, (_, index) => ({
      jobType: 'ECHO',
      schedule: schedule(index),
      params: { message: 'w3' },
      // What is measured is what each nominal time came to, also on a machine that is behind.
      catchup: 'ALL',
      catchupMax: 1_000,
      overlap: 'ALLOW_ALL',
    })),
  })
  const firstMs = (Math.floor(Date.now() / everyMs) + 1) * everyMs
  const endMs = firstMs + seconds * 1_000
  await new Promise((resolve) => setTimeout(resolve, endMs - Date.now() + SETTLE_MS))

  const all = await rows<Started>('executions', 'select job_id, scheduled_for, started_at from executions')
  const started = all.filter((row) => row.scheduled_for >= firstMs && row.scheduled_for < endMs)
  const expected = schedules * (seconds / everySeconds)
  const distinct = new Set(started.map((row) => `${row.job_id} ${row.scheduled_for}`)).size
  const late = started
    .map((row) => (row.started_at ?? Number.POSITIVE_INFINITY) - row.scheduled_for)
    .sort((one, other) => one - other)
  const slowest = Math.max(1, percentile(late, 1))
  return {
    expected,
    fired: started.length,
    missed: expected - distinct,
    doubled: started.length - distinct,
    p50Ms: percentile(late, 0.5),
    p99Ms: percentile(late, 0.99),
    peakPerSecond: (schedules / slowest) * 1_000,
  }
}
