import { describe, expect, test } from 'vitest'
import type { Database, Reader, Unit } from '#platform/database'
import { flowRun } from './testing/flow-run.ts'

const SEEDS = Array.from({ length: 6 }, (_, index) => index + 1)

/** A database that answers some queries wrongly within units, as a mutant of ours would ask. */
function answering(wrong: (sql: string, rows: readonly object[]) => readonly object[]) {
  return (database: Database): Database => {
    const within = (unit: Unit): Unit => ({
      ...unit,
      all: async <R>(...[sql, params]: Parameters<Reader['all']>) =>
        wrong(sql, (await unit.all(sql, params)) as object[]) as R[],
    })
    return {
      ...database,
      unit: (keys, work) => database.unit(keys, (unit) => work(within(unit))),
      claim: <R, T>(...[query, work]: Parameters<typeof database.claim<R, T>>) =>
        database.claim<R, T>(query, (unit, rows) => work(within(unit), rows)),
    }
  }
}

describe('no limit is ever exceeded, and nothing is stuck, however executors die', () => {
  test.each(SEEDS)('seed %i', async (seed) => {
    const run = await flowRun(seed)
    expect(run.findings).toEqual([])
    expect(run.left).toEqual([])
    expect(run.attempts).toBeGreaterThan(100)
    expect(run.held).toBeGreaterThan(3)
  })
})

describe('planted mutants are found', () => {
  test('who does not see which slots of a key are held', async () => {
    const blind = answering((sql, rows) => (/^select limit_key, slot_no from slots/.test(sql) ? [] : rows))
    expect((await flowRun(1, blind)).findings).not.toEqual([])
  })

  test('who gives a slot of all to two', async () => {
    const blind = answering((sql, rows) =>
      /select slot_no from slots where execution_id = ''/.test(sql)
        ? Array.from({ length: 9 }, (_, index) => ({ slot_no: index + 1 }))
        : rows,
    )
    expect((await flowRun(1, blind)).findings).not.toEqual([])
  })

  test('who takes every bucket for full', async () => {
    const full = answering((sql, rows) =>
      /^select \* from flow_keys where limit_key/.test(sql)
        ? rows.map((row) => ({ ...row, bucket_level: null }))
        : rows,
    )
    expect((await flowRun(1, full)).findings).not.toEqual([])
  })

  test('who brings nothing back when a slot is free leaves it waiting', async () => {
    const asleep = answering((sql, rows) => (/from flow_waits w join queue/.test(sql) ? [] : rows))
    expect((await flowRun(1, asleep)).left).not.toEqual([])
  })
})
