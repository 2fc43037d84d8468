import type { ExecutionCount, TaskResult } from '../task.ts'
import { type Cell, csv } from './csv.ts'
import { type OutcomeOf, summarise } from './execution-summary.ts'
import { markdownTable } from './markdown.ts'
import type { Period } from './period.ts'

/** Jobs in the JSON result, whose size is limited; the busiest come first. */
export const JOBS_IN_RESULT_MAX = 100
/** Jobs in an artefact: a line takes about 150 bytes, and an artefact 1 MiB. */
export const JOBS_IN_ARTEFACT_MAX = 4000

const FIGURES = ['executions', 'succeeded', 'failed', 'otherwise', 'success %', 'average ms', 'longest ms']

/** `execution-summary`: what came of each job and job type in a period. */
export function executionSummaryReport(counts: readonly ExecutionCount[], period: Period): TaskResult {
  const { byJob, ...summary } = summarise(counts)
  const name = `execution-summary-${period.lastDay}`
  const totals: OutcomeOf = { jobType: 'all', jobId: null, ...summary.totals }
  const jobs = byJob.slice(0, JOBS_IN_ARTEFACT_MAX)
  return {
    result: {
      reportType: 'execution-summary',
      firstDay: period.firstDay,
      lastDay: period.lastDay,
      from: period.from.toISOString(),
      to: period.to.toISOString(),
      timeZone: period.timeZone,
      ...summary,
      byJob: byJob.slice(0, JOBS_IN_RESULT_MAX),
      jobsOmitted: Math.max(byJob.length - JOBS_IN_RESULT_MAX, 0),
    },
    artefacts: [
      {
        name: `${name}.csv`,
        mediaType: 'text/csv; charset=utf-8',
        content: csv([
          ['section', 'job type', 'job id', ...FIGURES],
          ['total', ...cells(totals)],
          ...summary.byJobType.map((line) => ['job type', ...cells(line)]),
          ...jobs.map((line) => ['job', ...cells(line)]),
        ]),
      },
      {
        name: `${name}.md`,
        mediaType: 'text/markdown; charset=utf-8',
        content: [
          `# Executions from ${period.firstDay} to ${period.lastDay}\n`,
          `Counted by when they ended, in ${period.timeZone}. The success rate is of those that succeeded or failed.\n`,
          `## All\n\n${table([totals])}`,
          `## By job type\n\n${table(summary.byJobType)}`,
          `## By job\n\n${table(jobs)}`,
          ...(byJob.length > jobs.length
            ? [`${byJob.length - jobs.length} jobs with fewer executions are left out.\n`]
            : []),
        ].join('\n'),
      },
    ],
  }
}

function table(lines: readonly OutcomeOf[]): string {
  return markdownTable(['job type', 'job id', ...FIGURES], lines.map(cells))
}

function cells(line: OutcomeOf): readonly Cell[] {
  const { jobType, jobId, executions, succeeded, failed, otherwise } = line
  return [
    jobType,
    jobId,
    executions,
    succeeded,
    failed,
    otherwise,
    line.successRatePercent,
    line.durationMsAverage,
    line.durationMsMax,
  ]
}
