import { readFile } from 'node:fs/promises'
import { invariant } from '#platform/domain'
import { DAY_MS, dayAt } from './period.ts'

/** One order of the made-up shop. Money is in cents. */
export interface Order {
  /** `YYYY-MM-DD`. */
  readonly day: string
  readonly hour: number
  readonly product: string
  readonly region: string
  readonly units: number
  readonly unitPriceCents: number
}

/** Four whole weeks, from a Monday. */
export const SAMPLE_FIRST_DAY = '2026-01-05'
/** So many days, after which the sample begins again. */
export const SAMPLE_DAYS = 28

const HEADER = 'day,hour,product,region,units,unitPriceCents'
const file = new URL('../data/orders.csv', import.meta.url)
let orders: Promise<readonly Order[]> | undefined

/** The shipped orders; read once. */
export function readSampleOrders(): Promise<readonly Order[]> {
  orders ??= readFile(file, 'utf8').then(parseOrders)
  return orders
}

/**
 * The day of the sample that stands for any day: itself within the sample, otherwise the one a whole number of four-week
 * rounds away. So every day has sales, on its own weekday, and always the same.
 */
export function sampleDay(day: string): string {
  const daysSince = Math.round((Date.parse(day) - Date.parse(SAMPLE_FIRST_DAY)) / DAY_MS)
  const index = ((daysSince % SAMPLE_DAYS) + SAMPLE_DAYS) % SAMPLE_DAYS
  return dayAt(Date.parse(SAMPLE_FIRST_DAY) + index * DAY_MS)
}

/** Reads our own file: plain values, no quotes. */
export function parseOrders(text: string): readonly Order[] {
  const [header, ...lines] = text.trimEnd().split('\n')
  invariant(header === HEADER, `sample orders begin with ${HEADER}`)
  return lines.map((line) => {
    const [day = '', hour, product = '', region = '', units, unitPriceCents] = line.split(',')
    return { day, hour: Number(hour), product, region, units: Number(units), unitPriceCents: Number(unitPriceCents) }
  })
}
