import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Missed } from '../domain/missed.ts'
import { type JobsStage, openStage } from '../jobs.fixture.ts'
import { missedAfter, recordMissed } from './missed.ts'

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage()
  await stage.jobs.start()
})

afterEach(() => stage.close())

function missed(changes: Partial<Missed> = {}): Missed {
  const at = new Date('2026-12-01T09:00:00Z')
  const nominal = { cause: 'schedule', scheduledFor: at, through: at, count: 1, wallTime: null }
  const why = { reason: 'LATE', detail: '', jobVersion: 1, lateByMs: 6_000, executionId: 'e' }
  const job = { workspaceId: 'w', jobId: 'j', kind: 'LATE' as const }
  return { id: stage.clock.newId(), ...job, ...nominal, ...why, at, ...changes }
}

const record = (...items: readonly Missed[]): Promise<readonly Missed[]> =>
  stage.database.unit([], (unit) => recordMissed(unit, items))

test('the same nominal time is told once for each kind, cause and wall time', async () => {
  const items = [
    missed(),
    missed({ kind: 'OVERDUE' }),
    missed({ cause: 'trigger:k' }),
    missed({ wallTime: '02:15' }),
    missed({ jobId: 'other' }),
  ]
  expect(await record(...items)).toEqual(items)
  const again = missed({ lateByMs: 7_000 })
  expect(await record(again)).toEqual([])
  const rows = await stage.database.reader.all<{ n: number }>('select count(*) as n from changes where version = 1')
  expect(rows).toEqual([{ n: items.length }])
})

test('whoever reads on from a place finds all that was committed after it, in order', async () => {
  const items = [missed(), missed({ kind: 'SKIPPED', lateByMs: null, executionId: null }), missed({ kind: 'EXPIRED' })]
  for (const item of items) await record(item)
  await expect.poll(() => missedAfter(stage.database.reader, 0, 10)).toHaveLength(3)
  const found = await missedAfter(stage.database.reader, 0, 10)
  expect(found.map((each) => each.missed)).toEqual(items)
  const first = found[0]?.position ?? 0
  expect((await missedAfter(stage.database.reader, first, 1)).map((each) => each.missed)).toEqual([items[1]])
})
