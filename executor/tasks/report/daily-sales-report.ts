import type { TaskResult } from '../task.ts'
import { type Cell, csv } from './csv.ts'
import { markdownTable } from './markdown.ts'
import { daysOf, type Period, periodBefore } from './period.ts'
import { type Sales, type SalesFigures, type SalesLine, salesIn } from './sales.ts'
import { type Order, sampleDay } from './sample-orders.ts'

const CURRENCY = 'EUR'
const HEADER = ['orders', 'units', `revenue ${CURRENCY}`, 'share %', `revenue before ${CURRENCY}`, 'change %']

/** `daily-sales`: totals, by product, by region and by hour, beside the period before. */
export function dailySalesReport(orders: readonly Order[], period: Period): TaskResult {
  const sales = salesIn(orders, period)
  const before = periodBefore(period)
  const source = sourceOf(period)
  const name = `daily-sales-${period.lastDay}`
  return {
    result: {
      reportType: 'daily-sales',
      firstDay: period.firstDay,
      lastDay: period.lastDay,
      timeZone: period.timeZone,
      comparedWith: { firstDay: before.firstDay, lastDay: before.lastDay },
      source,
      currency: CURRENCY,
      ...sales,
    },
    artefacts: [
      { name: `${name}.csv`, mediaType: 'text/csv; charset=utf-8', content: csv(csvRows(sales)) },
      {
        name: `${name}.md`,
        mediaType: 'text/markdown; charset=utf-8',
        content: markdown(sales, period, before, source),
      },
    ],
  }
}

// A reader must never take made-up figures for real ones.
function sourceOf(period: Period): string {
  const [first = '', ...others] = daysOf(period).map(sampleDay)
  const shown = others.length === 0 ? first : `${first} to ${others.at(-1)}`
  return `made-up sample orders of four weeks, repeated by weekday; shown are those of ${shown}`
}

function csvRows(sales: Sales): readonly (readonly Cell[])[] {
  const section = (title: string, lines: readonly SalesLine[]) =>
    lines.map((line) => [title, line.name, ...cells(line)])
  return [
    ['section', 'name', ...HEADER],
    ['total', 'all', ...cells(totalLine(sales))],
    ...section('product', sales.byProduct),
    ...section('region', sales.byRegion),
    ...section('hour', sales.byHour),
  ]
}

function markdown(sales: Sales, period: Period, before: Period, source: string): string {
  const days = ({ firstDay, lastDay }: Period): string =>
    firstDay === lastDay ? firstDay : `${firstDay} to ${lastDay}`
  const table = (title: string, lines: readonly SalesLine[]): string =>
    `## ${title}\n\n${markdownTable(
      [title, ...HEADER],
      lines.map((line) => [line.name, ...cells(line)]),
    )}`
  const hours = sales.byHour.filter((line) => line.orders > 0 || line.revenueCentsBefore > 0)
  return [
    `# Sales of ${days(period)}\n`,
    `Compared with ${days(before)}. Days and hours are in ${period.timeZone}. Data: ${source}.\n`,
    table('Total', [totalLine(sales)]),
    table('Product', sales.byProduct),
    table('Region', sales.byRegion),
    table('Hour', hours),
  ].join('\n')
}

function totalLine({ totals, totalsBefore }: Sales): SalesLine {
  const { orders, units, revenueCents, changePercent } = totals
  const share = revenueCents === 0 ? null : 100
  return {
    name: 'all',
    orders,
    units,
    revenueCents,
    sharePercent: share,
    revenueCentsBefore: totalsBefore.revenueCents,
    changePercent,
  }
}

function cells(line: SalesFigures & SalesLine): readonly Cell[] {
  const { orders, units, revenueCents, sharePercent, revenueCentsBefore, changePercent } = line
  return [orders, units, money(revenueCents), sharePercent, money(revenueCentsBefore), changePercent]
}

function money(cents: number): string {
  return (cents / 100).toFixed(2)
}
