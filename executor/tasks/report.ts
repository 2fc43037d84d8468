import { dailySalesReport } from './report/daily-sales-report.ts'
import { executionSummaryReport } from './report/execution-summary-report.ts'
import { type AskedPeriod, isDay, PERIOD_NAMES, reportPeriod } from './report/period.ts'
import { readSampleOrders } from './report/sample-orders.ts'
import { executionsDue, slaReport } from './report/sla-report.ts'
import { type JsonObject, type Task, TaskError } from './task.ts'

const DAYS_MAX = 31
const LATE_AFTER_MS = 60_000
const LATE_AFTER_MS_MAX = 7 * 86_400_000

type ReportParams = JsonObject &
  AskedPeriod & {
    readonly reportType: 'daily-sales' | 'execution-summary' | 'sla'
    readonly lateAfterMs?: number
  }

/** `REPORT`: figures over a period, as JSON, CSV and Markdown. The same period gives the same report. */
export const report: Task<ReportParams> = {
  name: 'REPORT',
  description:
    'Makes a report over a period, as a JSON result with CSV and Markdown artefacts. `daily-sales` shows four weeks of made-up ' +
    'sample orders, which repeat for ever by weekday; `execution-summary` shows what your own jobs did; `sla` shows how ' +
    'punctually and how well they kept their nominal times.',
  place: 'worker',
  paramsSchema: {
    type: 'object',
    properties: {
      reportType: { type: 'string', enum: ['daily-sales', 'execution-summary', 'sla'] },
      date: {
        type: 'string',
        format: 'date',
        description: 'The last day of the report. By default the day before the nominal time of the fire.',
      },
      days: {
        type: 'integer',
        minimum: 1,
        maximum: DAYS_MAX,
        default: 1,
        description: 'How many days, ending with `date`.',
      },
      period: {
        type: 'string',
        enum: [...PERIOD_NAMES],
        description:
          'Whole days before the nominal time of the fire, instead of `date` and `days`. Weeks begin on Monday.',
      },
      from: {
        type: 'string',
        format: 'day-or-instant',
        description: 'Where the period begins: a day, or an instant. Goes with `to`, instead of the others.',
      },
      to: {
        type: 'string',
        format: 'day-or-instant',
        description:
          'Where it ends: a day, which is included, or an instant, which is not. At most 400 days after `from`.',
      },
      timeZone: {
        type: 'string',
        format: 'time-zone',
        default: 'UTC',
        description: 'Where days begin: a name of the tz database, such as Europe/Berlin.',
      },
      lateAfterMs: {
        type: 'integer',
        minimum: 0,
        maximum: LATE_AFTER_MS_MAX,
        default: LATE_AFTER_MS,
        description: '`sla` only: a run that starts so many milliseconds after its nominal time is still on time.',
      },
    },
    required: ['reportType'],
    dependentRequired: { from: ['to'], to: ['from'] },
    allOf: [
      instead('period', { date: false, days: false, from: false, to: false }),
      instead('from', { date: false, days: false }),
      {
        if: { properties: { reportType: { enum: ['daily-sales', 'execution-summary'] } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema; nobody awaits a schema.
        then: { properties: { lateAfterMs: false } },
      },
    ],
    additionalProperties: false,
  },
  async run({ reportType, lateAfterMs = LATE_AFTER_MS, ...asked }, context) {
    const { history, workspaceId } = context
    const period = reportPeriod(asked, context.scheduledFor)
    context.log('INFO', `${reportType} from ${period.firstDay} to ${period.lastDay}`)
    switch (reportType) {
      case 'daily-sales':
        checkWholeDays(asked)
        return dailySalesReport(await readSampleOrders(), period)
      case 'execution-summary':
        return executionSummaryReport(await history.summary(workspaceId, period.from, period.to), period)
      case 'sla':
        return slaReport(await executionsDue(history, workspaceId, period), lateAfterMs, period)
    }
  },
}

function instead(property: string, properties: JsonObject): JsonObject {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema; nobody awaits a schema.
  return { if: { required: [property] }, then: { properties } }
}

function checkWholeDays({ from, to }: AskedPeriod): void {
  if ([from, to].every((end) => end === undefined || isDay(end))) return
  throw new TaskError('REPORT_PERIOD_INVALID', 'daily-sales is of whole days', { isFinal: true })
}
