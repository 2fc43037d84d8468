import { describe, expect, test } from 'vitest'
import type { CalendarUse } from '#platform/schedule'
import { type BackfillOrder, type BackfillProgress, backfillLookups, type FiredBefore } from './backfill.ts'
import { at, changed, created, given, type Looked, timed } from './decide.fixture.ts'

const request: BackfillOrder = {
  kind: 'REQUEST',
  backfillId: 'b',
  from: at('09:00:00'),
  to: at('09:01:00'),
  rerun: false,
  firesPerMinuteMax: 60,
}
const asked = (fields: Partial<BackfillOrder> = {}, version = 2) =>
  changed(version, at('10:00:01'), { backfill: { ...request, ...fields } as BackfillOrder })

const firedAt = (...times: string[]): FiredBefore => new Map([['b', new Set(times.map((time) => at(time).getTime()))]])

/** Looks as often as the job asks for it. @returns every fire, with the moment of its decision */
function workedOff(first: Looked, fired: FiredBefore, untilTime: string) {
  const fires: string[] = []
  const told: BackfillProgress[] = [...first.backfills]
  let look = first
  for (let looks = 0; look.timetable.backfills.length > 0 && look.next && look.next <= at(untilTime); looks++) {
    expect(looks).toBeLessThan(1_000)
    const now = look.next
    look = look.when().at(now, 1_000, fired)
    for (const line of look.fired)
      if (line.includes('backfill')) fires.push(`${line} @${now.toISOString().slice(14, 23)}`)
    told.push(...look.backfills)
  }
  return { fires, told, look }
}

describe('a backfill', () => {
  const open = given(created(), asked()).at(at('10:00:01'))

  test('fires what lies in its range, one by one, no faster than it may', () => {
    expect(open).toMatchObject({
      fired: [],
      backfills: [{ backfillId: 'b', state: 'RUNNING', firedCount: 0 }],
      nextTime: '10:00:01',
    })
    const { fires, told, look } = workedOff(open, firedAt(), '10:00:08')
    expect(fires).toEqual([
      'v2 FIRED backfill:b 09:00:10 @00:01.000',
      'v2 FIRED backfill:b 09:00:20 @00:02.000',
      'v2 FIRED backfill:b 09:00:30 @00:03.000',
      'v2 FIRED backfill:b 09:00:40 @00:04.000',
      'v2 FIRED backfill:b 09:00:50 @00:05.000',
      'v2 FIRED backfill:b 09:01:00 @00:06.000',
    ])
    expect(told.at(-1)).toEqual({
      backfillId: 'b',
      state: 'COMPLETED',
      firedCount: 6,
      leftOutCount: 0,
      decidedThrough: at('09:01:00'),
    })
    expect(look.timetable.backfills).toEqual([])
  })

  test('waits for what the ledger says, and leaves out what has fired', () => {
    expect(open.when().at(at('10:00:02')).fired).toEqual([])
    expect(backfillLookups('job', open.timetable.backfills, at('10:00:02'))).toEqual([
      { backfillId: 'b', from: at('09:00:00'), through: at('09:01:00') },
    ])
    const { fires, told } = workedOff(open, firedAt('09:00:10', '09:00:20', '09:00:50'), '10:00:09')
    expect(fires.map((line) => line.slice('v2 FIRED backfill:b '.length, -11))).toEqual([
      '09:00:30',
      '09:00:40',
      '09:01:00',
    ])
    expect(told.at(-1)).toMatchObject({ state: 'COMPLETED', firedCount: 3, leftOutCount: 3 })
  })

  test('leaves out what fires in the very same decision, by another one or by the schedule', () => {
    const both = given(created(), asked(), asked({ backfillId: 'c' }, 3)).at(at('10:00:01'))
    const [b = new Set()] = firedAt().values()
    const known: FiredBefore = new Map([...firedAt(), ['c', b]])
    const { fired, backfills } = both.when().at(at('10:00:01'), 1_000, known)
    expect(fired).toEqual(['v2 FIRED backfill:b 09:00:10', 'v3 FIRED backfill:c 09:00:20'])
    expect(backfills.at(-1)).toMatchObject({ backfillId: 'c', firedCount: 1, leftOutCount: 1 })

    const late = changed(2, at('10:00:31'), {
      backfill: { ...request, from: at('10:00:00'), to: at('10:00:30') } as BackfillOrder,
    })
    const held = given(created(), late).at(at('10:00:31'), 0)
    const together = held.when().at(at('10:00:31'), 1_000, firedAt())
    expect(together.fired).toEqual(['FIRED 10:00:20 late', 'FIRED 10:00:30', 'v2 FIRED backfill:b 10:00:10'])
  })

  test('fires all of it again where that was asked for', () => {
    const again = given(created(), asked({ rerun: true })).at(at('10:00:01'))
    expect(workedOff(again, firedAt('09:00:10'), '10:00:09').fires).toHaveLength(6)
  })

  test('does not make up for what it could have fired during a standstill', () => {
    const late = open.when().at(at('10:30:00'), 1_000, firedAt())
    expect(late.fired.filter((line) => line.includes('backfill'))).toHaveLength(2)
  })

  test('goes by the job as it was when it was asked for, also during a pause', () => {
    const edited = changed(3, at('10:00:02'), {
      schedule: '@every 30s',
      scheduledSince: at('10:00:02'),
      state: 'PAUSED',
    })
    const paused = open.when(edited).at(at('10:00:02'), 1_000, firedAt())
    const { fires } = workedOff(paused, firedAt(), '10:00:09')
    expect(paused.fired.length + fires.length).toBe(6)
    expect(fires.every((line) => line.startsWith('v2'))).toBe(true)
  })

  test('fires nothing that a calendar forbids', () => {
    const blackouts = [
      { kind: 'ONCE', fromMs: at('09:00:15').getTime(), toMs: at('09:00:45').getTime(), name: 'roof' },
    ] as const
    const works: CalendarUse = {
      name: 'works',
      version: 1,
      on: 'ANY_DAY',
      rules: { timeZone: null, workDays: [1], holidays: [], blackouts },
    }
    const timing = timed({ calendars: [works] })
    const quiet = given(created({ timing }), { ...asked(), timing }).at(at('10:00:01'))
    expect(workedOff(quiet, firedAt(), '10:00:09').fires).toHaveLength(3)
  })

  test('is over when it is cancelled or its job is archived, and says how far it came', () => {
    const half = workedOff(open, firedAt(), '10:00:03').look
    const cancelled = half.when(changed(3, at('10:00:04'), { backfill: { kind: 'CANCEL', backfillId: 'b' } }))
    const progress = { backfillId: 'b', state: 'CANCELLED', firedCount: 3, decidedThrough: at('09:00:30') }
    expect(cancelled.at(at('10:00:04'))).toMatchObject({ fired: [], backfills: [progress], nextTime: '10:00:10' })
    const archived = half.when(changed(3, at('10:00:04'), { state: 'ARCHIVED' })).at(at('10:00:04'))
    expect(archived).toMatchObject({ backfills: [progress], nextTime: null })
  })

  test('keeps a job that can fire no more from being over', () => {
    const once = { schedule: '@at 2026-11-23T09:00:30Z', scheduledSince: at('09:00:00') }
    const again = given(created(once), { ...asked({ rerun: true }), ...once }).at(at('10:00:01'))
    expect(again.exhausted).toBe(false)
    const { fires, look } = workedOff(again, firedAt(), '10:00:09')
    expect([fires.length, look.exhausted]).toEqual([1, true])
  })
})
