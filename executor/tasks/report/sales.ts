import { daysOf, type Period, periodBefore } from './period.ts'
import { type Order, sampleDay } from './sample-orders.ts'

/** Sums over some orders. Money is in cents. */
export type SalesFigures = { readonly orders: number; readonly units: number; readonly revenueCents: number }

/** One line of a breakdown, beside the same line of the period before. */
export type SalesLine = SalesFigures & {
  readonly name: string
  readonly sharePercent: number | null
  readonly revenueCentsBefore: number
  readonly changePercent: number | null
}

/** The sales of a period, compared with the period of equal length before it. */
export type Sales = {
  readonly totals: SalesFigures & { readonly averageOrderCents: number | null; readonly changePercent: number | null }
  readonly totalsBefore: SalesFigures
  readonly byProduct: readonly SalesLine[]
  readonly byRegion: readonly SalesLine[]
  /** By the hour of the day, 24 lines. */
  readonly byHour: readonly SalesLine[]
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hourName(hour))

/** Adds up what the sample orders say of `period`. */
export function salesIn(orders: readonly Order[], period: Period): Sales {
  const byDay = Map.groupBy(orders, (order) => order.day)
  const during = ordersIn(byDay, period)
  const before = ordersIn(byDay, periodBefore(period))
  const totals = figures(during)
  const totalsBefore = figures(before)
  const products = breakdown(during, before, (order) => order.product)
  const regions = breakdown(during, before, (order) => order.region)
  return {
    totals: {
      ...totals,
      averageOrderCents: totals.orders === 0 ? null : Math.round(totals.revenueCents / totals.orders),
      changePercent: changePercent(totals.revenueCents, totalsBefore.revenueCents),
    },
    totalsBefore,
    byProduct: products.toSorted(byRevenue),
    byRegion: regions.toSorted(byRevenue),
    byHour: breakdown(during, before, (order) => hourName(order.hour), HOURS),
  }
}

/** `part` of `whole` in percent with one decimal, or null of nothing. */
export function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1000) / 10
}

function ordersIn(byDay: ReadonlyMap<string, readonly Order[]>, period: Period): readonly Order[] {
  return daysOf(period).flatMap((day) => byDay.get(sampleDay(day)) ?? [])
}

function figures(orders: readonly Order[]): SalesFigures {
  let units = 0
  let revenueCents = 0
  for (const order of orders) {
    units += order.units
    revenueCents += order.units * order.unitPriceCents
  }
  return { orders: orders.length, units, revenueCents }
}

function breakdown(
  during: readonly Order[],
  before: readonly Order[],
  nameOf: (order: Order) => string,
  names: readonly string[] = [...new Set([...during, ...before].map(nameOf))],
): readonly SalesLine[] {
  const duringBy = Map.groupBy(during, nameOf)
  const beforeBy = Map.groupBy(before, nameOf)
  const { revenueCents: whole } = figures(during)
  return names.map((name) => {
    const line = figures(duringBy.get(name) ?? [])
    const { revenueCents: revenueCentsBefore } = figures(beforeBy.get(name) ?? [])
    return {
      name,
      ...line,
      sharePercent: percent(line.revenueCents, whole),
      revenueCentsBefore,
      changePercent: changePercent(line.revenueCents, revenueCentsBefore),
    }
  })
}

function changePercent(now: number, before: number): number | null {
  return percent(now - before, before)
}

// Names break ties, so that a report never depends on the order of the file.
function byRevenue(a: SalesLine, b: SalesLine): number {
  return b.revenueCents - a.revenueCents || (a.name < b.name ? -1 : 1)
}

function hourName(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}
