import { describe, expect, test } from 'vitest'
import { dailySalesReport } from './daily-sales-report.ts'
import { reportPeriod } from './period.ts'
import { salesIn } from './sales.ts'
import { parseOrders, readSampleOrders, SAMPLE_DAYS, sampleDay } from './sample-orders.ts'

const scheduledFor = new Date('2026-01-14T06:00:00Z')
const tuesday = reportPeriod({}, scheduledFor)
const orders = parseOrders(`day,hour,product,region,units,unitPriceCents
2026-01-12,9,Bell,North,1,1000
2026-01-12,9,Clock,South,1,3000
2026-01-13,9,Bell,North,2,1000
2026-01-13,17,Bell,South,1,1000
2026-01-13,17,=Clock|2,North,1,5000
2026-01-14,8,Bell,North,9,1000
`)

describe('daily-sales', () => {
  test('adds up exactly, beside the day before', () => {
    const sales = salesIn(orders, tuesday)
    expect(sales.totals).toEqual({
      orders: 3,
      units: 4,
      revenueCents: 8000,
      averageOrderCents: 2667,
      changePercent: 100,
    })
    expect(sales.totalsBefore).toEqual({ orders: 2, units: 2, revenueCents: 4000 })
    expect(sales.byProduct).toEqual([
      {
        name: '=Clock|2',
        orders: 1,
        units: 1,
        revenueCents: 5000,
        sharePercent: 62.5,
        revenueCentsBefore: 0,
        changePercent: null,
      },
      {
        name: 'Bell',
        orders: 2,
        units: 3,
        revenueCents: 3000,
        sharePercent: 37.5,
        revenueCentsBefore: 1000,
        changePercent: 200,
      },
      {
        name: 'Clock',
        orders: 0,
        units: 0,
        revenueCents: 0,
        sharePercent: 0,
        revenueCentsBefore: 3000,
        changePercent: -100,
      },
    ])
    expect(sales.byRegion.map(({ name, revenueCents, changePercent }) => [name, revenueCents, changePercent])).toEqual([
      ['North', 7000, 600],
      ['South', 1000, -66.7],
    ])
    expect(sales.byHour).toHaveLength(24)
    expect(sales.byHour.filter((line) => line.orders > 0).map(({ name, units }) => [name, units])).toEqual([
      ['09:00', 2],
      ['17:00', 2],
    ])
  })

  test('a day without sales has no shares and divides by nothing', () => {
    const { totals, byProduct } = salesIn([], tuesday)
    expect(totals).toEqual({ orders: 0, units: 0, revenueCents: 0, averageOrderCents: null, changePercent: null })
    expect(byProduct).toEqual([])
  })

  test('CSV and Markdown show the same figures, safe to open', () => {
    const [csv, markdown] = dailySalesReport(orders, tuesday).artefacts
    expect(csv).toMatchObject({ name: 'daily-sales-2026-01-13.csv', mediaType: 'text/csv; charset=utf-8' })
    expect(csv?.content.split('\r\n').slice(0, 4)).toEqual([
      'section,name,orders,units,revenue EUR,share %,revenue before EUR,change %',
      'total,all,3,4,80.00,100,40.00,100',
      "product,'=Clock|2,1,1,50.00,62.5,0.00,",
      'product,Bell,2,3,30.00,37.5,10.00,200',
    ])
    expect(markdown).toMatchObject({ name: 'daily-sales-2026-01-13.md', mediaType: 'text/markdown; charset=utf-8' })
    expect(markdown?.content).toContain('# Sales of 2026-01-13\n')
    expect(markdown?.content).toContain('| =Clock\\|2 | 1 | 1 | 50.00 | 62.5 | 0.00 |  |\n')
    expect(markdown?.content).toContain('made-up sample orders')
  })
})

describe('the sample', () => {
  test('stands for itself within its four weeks, and for any other day by weekday', () => {
    expect(sampleDay('2026-01-05')).toBe('2026-01-05')
    expect(sampleDay('2026-02-01')).toBe('2026-02-01')
    expect(sampleDay('2026-02-02')).toBe('2026-01-05')
    expect(sampleDay('2026-01-04')).toBe('2026-02-01')
    for (const day of ['1900-01-01', '2024-02-29', '2026-11-22', '9999-12-31']) {
      expect(new Date(sampleDay(day)).getUTCDay(), day).toBe(new Date(day).getUTCDay())
    }
  })

  test('has orders on each of its days, all well formed', async () => {
    const sample = await readSampleOrders()
    expect(new Set(sample.map(({ day }) => day)).size).toBe(SAMPLE_DAYS)
    expect(sample).toHaveLength(1175)
    for (const { hour, units, unitPriceCents, product, region } of sample) {
      expect(hour >= 0 && hour < 24 && units > 0 && unitPriceCents > 0 && product !== '' && region !== '').toBe(true)
    }
  })

  test('gives the day before 2026-11-23 these sales (counted apart from the code, with awk)', async () => {
    const { totals, totalsBefore } = salesIn(
      await readSampleOrders(),
      reportPeriod({ date: '2026-11-22' }, scheduledFor),
    )
    expect(totals).toMatchObject({ orders: 41, units: 72, revenueCents: 174_360 })
    expect(totalsBefore.revenueCents).toBe(331_315)
  })
})
