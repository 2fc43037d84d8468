import { describe, expect, test } from 'vitest'
import { created, given, timed } from './decide.fixture.ts'

const SPRING = new Date('2026-03-07T12:00:00Z')
const job = (schedule: string, dstGap: 'FIRE_AFTER' | 'SHIFT' | 'SKIP') =>
  given(
    created({
      schedule,
      scheduledSince: SPRING,
      changedAt: SPRING,
      timing: timed({ timeZone: 'America/New_York', dstGap, lateAfterMs: 86_400_000_000 }),
    }),
  )
const after = new Date('2026-03-10T12:00:00Z')

describe('a wall time that the clocks jump over', () => {
  test.each([
    ['FIRE_AFTER', ['FIRED 2026-03-08T07:00:00', 'FIRED 2026-03-09T06:30:00', 'FIRED 2026-03-10T06:30:00']],
    ['SHIFT', ['FIRED 2026-03-08T07:30:00', 'FIRED 2026-03-09T06:30:00', 'FIRED 2026-03-10T06:30:00']],
    ['SKIP', ['DST_GAP 2026-03-08T07:00:00', 'FIRED 2026-03-09T06:30:00', 'FIRED 2026-03-10T06:30:00']],
  ] as const)('by %s', (dstGap, records) => {
    expect(job('30 2 * * *', dstGap).at(after).records).toEqual(records)
  })

  test('that is skipped is recorded when it would have been, with what the clock never showed', () => {
    const before = job('30 2 * * *', 'SKIP').at(SPRING)
    expect(before).toMatchObject({ nextTime: '2026-03-08T07:00:00', nextNominal: new Date('2026-03-09T06:30:00Z') })
    const gap = before.when().at(new Date('2026-03-08T07:00:00Z'))
    expect(gap.skips).toMatchObject([
      { outcome: 'SKIPPED_DST', count: 1, wallTime: '2026-03-08T02:30:00[America/New_York]' },
    ])
    expect(gap.nextTime).toBe('2026-03-09T06:30:00')
    expect(gap.when().at(after).records).toEqual(['FIRED 2026-03-09T06:30:00', 'FIRED 2026-03-10T06:30:00'])
  })

  test('with others is one skip for each jump, beside a time that has the same moment', () => {
    const decision = job('0,15,30 2,3 * * *', 'SKIP').at(new Date('2026-03-08T07:00:00Z'))
    expect(decision.records).toEqual(
      ['FIRED 2026-03-07T07:00:00'.replace('03-07T07', '03-08T07')].flatMap((fired) => [
        'DST_GAP 2026-03-08T07:00:00..2026-03-08T07:00:00 x3',
        fired,
      ]),
    )
  })

  test('is skipped once, however often the job is looked at, also while it is paused', () => {
    const held = job('30 2 * * *', 'SKIP').at(SPRING)
    const timing = timed({ timeZone: 'America/New_York', dstGap: 'SKIP', lateAfterMs: 86_400_000_000 })
    const plain = { schedule: '30 2 * * *', scheduledSince: SPRING, timing }
    const paused = held.when(
      created({ ...plain, version: 2, changedAt: new Date('2026-03-07T13:00:00Z'), state: 'PAUSED' }),
    )
    const look = paused.at(new Date('2026-03-08T12:00:00Z'))
    expect(look.records).toEqual([])
    const resumed = created({ ...plain, version: 3, changedAt: after, scheduledSince: after })
    const over = look.when(resumed).at(after)
    expect(over.records).toEqual([
      'v2 DST_GAP 2026-03-08T07:00:00',
      'v2 PAUSED 2026-03-09T06:30:00..2026-03-10T06:30:00 x2',
    ])
    expect(over.when().at(after).records).toEqual([])
  })

  test('of a local @at ends it, on record', () => {
    const before = job('@at 2026-03-08T02:30', 'SKIP').at(SPRING)
    expect(before).toMatchObject({ nextTime: '2026-03-08T07:00:00', exhausted: false })
    const gap = before.when().at(new Date('2026-03-08T07:00:00Z'))
    expect(gap).toMatchObject({ records: ['DST_GAP 2026-03-08T07:00:00'], nextTime: null, exhausted: true })
  })
})
