import type { ExecutionHistory, TaskResult } from '../task.ts'
import { type DueExecution, TaskError } from '../task.ts'
import { type Cell, csv } from './csv.ts'
import { markdownTable } from './markdown.ts'
import type { Period } from './period.ts'
import { type JobSla, type Sla, type SlaFigures, slaOf } from './sla.ts'
import type { Spread } from './spread.ts'

/** Jobs in the JSON result, whose size is limited; the least available come first. */
export const SLA_JOBS_IN_RESULT_MAX = 80
/** Jobs in an artefact: a line takes up to 350 bytes, and an artefact 1 MiB. */
export const SLA_JOBS_IN_ARTEFACT_MAX = 2_500
/** Executions that one report judges. */
const EXECUTIONS_MAX = 300_000
const PAGES_MAX = 900

const NOT_COUNTED =
  'Nominal times that never became an execution, such as those of a paused job, of a calendar or of a catch-up that was given ' +
  'up, are not counted here: the occurrences of a job tell of them.'
const COUNTS = ['due', 'on time', 'late', 'missed', 'failed', 'cancelled', 'open', 'availability %']
const SPREADS = ['p50', 'p95', 'p99', 'max']
const FIGURES = [
  ...COUNTS,
  ...SPREADS.map((name) => `lateness ${name} ms`),
  ...SPREADS.map((name) => `duration ${name} ms`),
  ...['failures in a row', 'since', 'until', 'recovered after ms', 'recovery average ms'],
]

/**
 * Every execution that was due in a period.
 *
 * @throws {TaskError} REPORT_TOO_LARGE when there are more than a report can judge
 */
export async function executionsDue(
  history: Pick<ExecutionHistory, 'due'>,
  workspaceId: string,
  { from, to }: Period,
): Promise<readonly DueExecution[]> {
  const executions: DueExecution[] = []
  let after: string | null = null
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await history.due(workspaceId, from, to, after)
    for (const execution of page.executions) executions.push(execution)
    if (executions.length > EXECUTIONS_MAX) break
    if (page.next === null) return executions
    after = page.next
  }
  throw new TaskError(
    'REPORT_TOO_LARGE',
    `more has run since ${from.toISOString()} than a report can read: choose a shorter or a later period`,
    { isFinal: true },
  )
}

/** `sla`: how punctually and how well nominal times of a period were kept, by job and in total. */
export function slaReport(executions: readonly DueExecution[], lateAfterMs: number, period: Period): TaskResult {
  const { totals, byJob, otherExecutions } = slaOf(executions, lateAfterMs)
  const name = `sla-${period.lastDay}`
  const jobs = byJob.slice(0, SLA_JOBS_IN_ARTEFACT_MAX)
  return {
    result: {
      reportType: 'sla',
      firstDay: period.firstDay,
      lastDay: period.lastDay,
      from: period.from.toISOString(),
      to: period.to.toISOString(),
      timeZone: period.timeZone,
      lateAfterMs,
      notCounted: NOT_COUNTED,
      otherExecutions,
      totals,
      byJob: byJob.slice(0, SLA_JOBS_IN_RESULT_MAX),
      jobsOmitted: Math.max(byJob.length - SLA_JOBS_IN_RESULT_MAX, 0),
    },
    artefacts: [
      {
        name: `${name}.csv`,
        mediaType: 'text/csv; charset=utf-8',
        content: csv([
          ['section', 'job type', 'job id', ...FIGURES],
          ['total', 'all', null, ...cells(totals)],
          ...jobs.map((job) => ['job', job.jobType, job.jobId, ...cells(job)]),
          ...(byJob.length > jobs.length
            ? [[`(${byJob.length - jobs.length} jobs with a better availability are left out)`]]
            : []),
        ]),
      },
      {
        name: `${name}.md`,
        mediaType: 'text/markdown; charset=utf-8',
        content: markdown({ totals, byJob: jobs, otherExecutions }, byJob.length - jobs.length, lateAfterMs, period),
      },
    ],
  }
}

function markdown(sla: Sla, omitted: number, lateAfterMs: number, period: Period): string {
  const lines: readonly (readonly [string, string | null, SlaFigures])[] = [
    ['all', null, sla.totals],
    ...sla.byJob.map(({ jobType, jobId, ...figures }: JobSla) => [jobType, jobId, figures] as const),
  ]
  const table = (header: readonly string[], pick: (figures: SlaFigures) => readonly Cell[]): string =>
    markdownTable(
      ['job type', 'job id', ...header],
      lines.map(([jobType, jobId, figures]) => [jobType, jobId, ...pick(figures)]),
    )
  return [
    `# Service levels from ${period.firstDay} to ${period.lastDay}\n`,
    `Nominal times from ${period.from.toISOString()} until before ${period.to.toISOString()}; days are those of ` +
      `${period.timeZone}. A run that starts more than ${lateAfterMs} ms after its nominal time is late.\n`,
    `${NOT_COUNTED}\n`,
    `Nor are ${sla.otherExecutions} executions that keep no nominal time: triggered, chained, backfilled or retried by hand.\n`,
    `## How they ended\n\n${table(COUNTS, counts)}`,
    `## Lateness in ms\n\n${table(SPREADS, ({ latenessMs }) => spread(latenessMs))}`,
    `## Duration in ms\n\n${table(SPREADS, ({ durationMs }) => spread(durationMs))}`,
    `## Longest failures\n\n${table(['in a row', 'since', 'until', 'recovered after ms', 'recovery average ms'], failures)}`,
    ...(omitted > 0 ? [`${omitted} jobs with a better availability are left out.\n`] : []),
  ].join('\n')
}

function cells(figures: SlaFigures): readonly Cell[] {
  return [...counts(figures), ...spread(figures.latenessMs), ...spread(figures.durationMs), ...failures(figures)]
}

function counts(figures: SlaFigures): readonly Cell[] {
  const { due, onTime, late, missed, failed, cancelled, open, availabilityPercent } = figures
  return [due, onTime, late, missed, failed, cancelled, open, availabilityPercent]
}

function spread(values: Spread | null): readonly Cell[] {
  return values === null ? [null, null, null, null] : [values.p50, values.p95, values.p99, values.max]
}

function failures({ longestFailureRun: run, recoveryMsAverage }: SlaFigures): readonly Cell[] {
  const longest =
    run === null ? [0, null, null, null] : [run.count, run.firstDueAt, run.lastDueAt, run.recoveredAfterMs]
  return [...longest, recoveryMsAverage]
}
