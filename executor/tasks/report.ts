import { dailySalesReport } from './report/daily-sales-report.ts'
import { executionSummaryReport } from './report/execution-summary-report.ts'
import { reportPeriod } from './report/period.ts'
import { readSampleOrders } from './report/sample-orders.ts'
import type { JsonObject, Task } from './task.ts'

const DAYS_MAX = 31

type ReportParams = JsonObject & {
  readonly reportType: 'daily-sales' | 'execution-summary'
  readonly date?: string
  readonly days?: number
}

/** `REPORT`: figures over a period, as JSON, CSV and Markdown. The same period gives the same report. */
export const report: Task<ReportParams> = {
  name: 'REPORT',
  description:
    'Makes a report over whole days in UTC, as a JSON result with CSV and Markdown artefacts. `daily-sales` shows four weeks ' +
    'of made-up sample orders, which repeat for ever by weekday; `execution-summary` shows what your own jobs did.',
  place: 'worker',
  paramsSchema: {
    type: 'object',
    properties: {
      reportType: { type: 'string', enum: ['daily-sales', 'execution-summary'] },
      date: {
        type: 'string',
        format: 'date',
        description: 'The last day of the report, in UTC. By default the day before the nominal time of the fire.',
      },
      days: {
        type: 'integer',
        minimum: 1,
        maximum: DAYS_MAX,
        default: 1,
        description: 'How many days, ending with `date`.',
      },
    },
    required: ['reportType'],
    additionalProperties: false,
  },
  async run({ reportType, date, days = 1 }, context) {
    const period = reportPeriod(date, days, context.scheduledFor)
    context.log('INFO', `${reportType} from ${period.firstDay} to ${period.lastDay}`)
    switch (reportType) {
      case 'daily-sales':
        return dailySalesReport(await readSampleOrders(), period)
      case 'execution-summary':
        return executionSummaryReport(
          await context.history.summary(context.workspaceId, period.from, period.to),
          period,
        )
    }
  },
}
