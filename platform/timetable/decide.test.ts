import { describe, expect, test } from 'vitest'
import { at, CREATED_AT, changed, created, given, timed } from './decide.fixture.ts'
import type { JobChange } from './timetable.ts'
import { received } from './timetable.ts'

const trigger = (key: string, triggeredAt: Date): NonNullable<JobChange['trigger']> => ({
  executionId: `execution-${key}`,
  key,
  params: '{"by":"hand"}',
  triggeredAt,
})

describe('a job that was created', () => {
  test.each([
    ['@every 10s', ['FIRED 10:00:10', 'FIRED 10:00:20'], '10:00:30', false],
    ['*/15 * * * * *', ['FIRED 10:00:15'], '10:00:30', false],
    ['@now', ['FIRED 10:00:00.500'], null, true],
    ['@at 2026-11-23T10:00:07Z', ['FIRED 10:00:07'], null, true],
    ['@at 2026-11-23T09:59:30Z', ['FIRED 09:59:30'], null, true],
    ['@at 2026-11-23T11:00:00Z', [], '11:00:00', false],
    ['@manually', [], null, false],
  ])('by %s fires each nominal time since its creation', (schedule, records, nextTime, exhausted) => {
    const decision = given(created({ schedule, timing: timed({ lateAfterMs: 60_000 }) })).at(at('10:00:25'))
    expect(decision).toMatchObject({ records, nextTime, exhausted })
  })

  test('fires a nominal time at its very instant, and not a millisecond before', () => {
    expect(given(created()).at(at('10:00:09.999')).records).toEqual([])
    expect(given(created()).at(at('10:00:10.000')).records).toEqual(['FIRED 10:00:10'])
  })

  test('decides nothing again, also when the clock is put back', () => {
    const first = given(created()).at(at('10:00:25'))
    expect(first.when().at(at('10:00:25')).records).toEqual([])
    expect(first.when().at(at('10:00:30')).records).toEqual(['FIRED 10:00:30'])
    expect(first.when().at(at('09:00:00')).records).toEqual([])
  })

  test('fires by the zone of its clock, and says what that shows', () => {
    const timing = timed({ timeZone: 'Asia/Kathmandu' })
    const [fire] = given(created({ schedule: '46 15 * * *', timing })).at(at('10:01:00')).fires
    expect(fire).toMatchObject({ nominalAt: at('10:01:00'), wallTime: '2026-11-23T15:46:00+05:45[Asia/Kathmandu]' })
  })

  test('is over after as many fires as it may have, whatever was skipped', () => {
    const timing = timed({ firesMax: 3, catchup: 'LAST' })
    const late = given(created({ timing })).at(at('10:01:02'))
    expect(late).toMatchObject({
      records: ['COLLAPSED 10:00:10..10:00:40 x4', 'FIRED 10:00:50 late', 'FIRED 10:01:00'],
    })
    expect(late).toMatchObject({ nextTime: '10:01:10', exhausted: false })
    const last = late.when().at(at('10:01:30'))
    expect(last).toMatchObject({ records: ['COLLAPSED 10:01:10', 'FIRED 10:01:20 late'], exhausted: true })
    expect(last.when().at(at('11:00:00'))).toMatchObject({ records: [], nextTime: null, exhausted: true })
  })

  test('counts its fires on over an edit, and from nothing when the edit says how many', () => {
    const timing = timed({ firesMax: 2 })
    const before = given(created({ timing })).at(at('10:00:10'))
    const edited = changed(2, at('10:00:15'), { schedule: '@every 5s', scheduledSince: at('10:00:15'), timing })
    const kept = before.when(edited).at(at('10:00:25'))
    expect(kept).toMatchObject({ records: ['v2 FIRED 10:00:20'], exhausted: true })
    const again = before.when({ ...edited, timing: timed({ firesMax: 1 }) }).at(at('10:00:25'))
    expect(again).toMatchObject({ records: ['v2 FIRED 10:00:20'], exhausted: true })
    expect(again.timetable.scheduleFires).toBe(1)
  })

  test('fires from its start to its end, both included', () => {
    const timing = timed({
      startAtMs: at('10:00:20').getTime(),
      endAtMs: at('10:00:40').getTime(),
      lateAfterMs: 60_000,
    })
    const decision = given(created({ timing })).at(at('10:01:00'))
    expect(decision.records).toEqual(['FIRED 10:00:20', 'FIRED 10:00:30', 'FIRED 10:00:40'])
    expect(decision).toMatchObject({ exhausted: true, nextTime: null })
  })
})

describe('an edit', () => {
  const edited = changed(2, at('10:00:25'), {
    schedule: '@every 7s',
    scheduledSince: at('10:00:25'),
    params: '{"n":2}',
  })

  test('leaves what was due before it to the version before it, unless that is late', () => {
    const decision = given(created(), edited).at(at('10:00:26'))
    expect(decision.records).toEqual(['SUPERSEDED 10:00:10..10:00:20 x2', 'v2 FIRED 10:00:26'])
    const inTime = given(created()).at(at('10:00:10')).when(edited).at(at('10:00:25'))
    expect(inTime.records).toEqual(['FIRED 10:00:20'])
    expect(inTime.nextTime).toBe('10:00:26')
  })

  test('that arrives late takes nothing back and starts after what has fired', () => {
    const before = given(created()).at(at('10:00:41'))
    expect(before.timetable.decidedThrough).toEqual(at('10:00:40'))
    expect(before.when(edited).at(at('10:00:48')).records).toEqual(['v2 FIRED 10:00:47'])
  })

  test('of the params alone is no boundary: what is late is caught up by the version in force then', () => {
    const renamed = changed(2, at('10:00:15'), { params: '{"n":2}' })
    expect(given(created(), renamed).at(at('10:00:18')).records).toEqual(['FIRED 10:00:10 late'])
    const late = given(created(), renamed).at(at('10:00:59'))
    expect(late.records).toEqual(['v2 COLLAPSED 10:00:10..10:00:40 x4', 'v2 FIRED 10:00:50 late'])
  })

  test('to @now fires once, at the edit; one of its timing does not fire it again', () => {
    const now = changed(2, at('10:00:15'), { schedule: '@now', scheduledSince: at('10:00:15') })
    const fired = given(created(), now).at(at('10:00:15'))
    expect(fired).toMatchObject({ records: ['FIRED 10:00:10', 'v2 FIRED 10:00:15'], exhausted: true })
    const timing = timed({ catchup: 'ALL' })
    const again = fired.when(changed(3, at('10:00:20'), { schedule: '@now', timing, scheduledSince: at('10:00:20') }))
    expect(again.at(at('10:00:20')).records).toEqual([])
  })

  test('of the timing alone starts strictly after itself, by what it says', () => {
    const timing = timed({ catchup: 'NONE' })
    const eager = changed(2, at('10:00:20'), { timing })
    const decision = given(created()).at(at('10:00:10')).when(eager).at(at('10:00:41'))
    expect(decision.records).toEqual(['SUPERSEDED 10:00:20', 'v2 CATCHUP_NONE 10:00:30', 'v2 FIRED 10:00:40'])
  })

  test('waits until the limit lets what was due before it fire', () => {
    const lenient = timed({ lateAfterMs: 60_000 })
    const first = given(created({ timing: lenient }), { ...edited, timing: lenient }).at(at('10:00:34'), 1)
    expect(first).toMatchObject({ records: ['FIRED 10:00:10'], nextTime: '10:00:34' })
    expect(first.timetable).toMatchObject({ jobVersion: 1, waiting: [{ version: 2 }], backlogAsOf: at('10:00:34') })
    const second = first.when().at(at('10:00:34'))
    expect(second.records).toEqual(['FIRED 10:00:20', 'v2 FIRED 10:00:26', 'v2 FIRED 10:00:33'])
    expect(second.timetable).toMatchObject({ jobVersion: 2, waiting: [], backlogAsOf: null })
  })

  test('from a clock that is ahead cuts the time now: nothing fires early and nothing is lost', () => {
    const ahead = changed(2, at('11:00:00'), { schedule: '@every 5s', scheduledSince: at('11:00:00') })
    const applied = given(created()).at(at('10:00:11')).when(ahead).at(at('10:00:12'))
    expect(applied).toMatchObject({ records: [], nextTime: '10:00:15' })
  })

  test('that comes again, or late behind a newer one, changes nothing', () => {
    const { timetable } = given(created(), edited).at(at('10:00:34'))
    for (const stale of [created(), edited]) expect(received(timetable, stale, at('10:00:35'))).toBe(timetable)
  })
})

describe('a trigger', () => {
  test('fires beside the schedule, also at a nominal time of it', () => {
    const run = changed(2, at('10:00:10'), { trigger: trigger('a', at('10:00:10')) })
    expect(given(created(), run).at(at('10:00:11')).fired).toEqual(['FIRED 10:00:10', 'v2 FIRED trigger:a 10:00:10'])
  })

  test('fires while the job is paused, with what was given', () => {
    const paused = changed(2, at('10:00:05'), { state: 'PAUSED' })
    const run = changed(3, at('10:00:20'), { state: 'PAUSED', trigger: trigger('a', at('10:00:20')) })
    const { fires, fired } = given(created(), paused, run).at(at('10:00:21'))
    expect(fired).toEqual(['v3 FIRED trigger:a 10:00:20'])
    expect(fires[0]).toMatchObject({ executionId: 'execution-a', params: '{"by":"hand"}' })
  })

  test('waits for nothing that jitter has put off', () => {
    const timing = timed({ jitterMs: 3_600_000 })
    const hourly = { schedule: '0 * * * *', timing }
    const before = given(created(hourly)).at(at('10:59:00'))
    const run = changed(2, at('11:00:01'), { ...hourly, trigger: trigger('a', at('11:00:01')) })
    const after = before.when(run).at(at('11:00:01'))
    expect(after.fired).toEqual(['v2 FIRED trigger:a 11:00:01'])
    expect(after.nextNominal).toEqual(at('11:00:00'))
  })

  test('waits when nothing may fire, and is lost by no limit', () => {
    const run = changed(2, at('10:00:05'), { trigger: trigger('a', at('10:00:05')) })
    const held = given(created(), run).at(at('10:00:06'), 0)
    expect(held).toMatchObject({ fired: [], nextTime: '10:00:06' })
    expect(held.when().at(at('10:00:07'), 1).fired).toEqual(['v2 FIRED trigger:a 10:00:05'])
  })
})

describe('an execution of another job that has ended', () => {
  const follows = (upstream: string, triggeredAt: Date) => ({ ...trigger(upstream, triggeredAt), follows: upstream })

  test('fires the job once under its own cause', () => {
    const run = changed(2, at('10:00:05'), { trigger: follows('e1', at('10:00:05')) })
    expect(given(created(), run).at(at('10:00:06')).fired).toEqual(['v2 FIRED chain:e1 10:00:05'])
  })

  test('is on record where a pause keeps it from firing, and is not made up for', () => {
    const pause = { state: 'PAUSED', pauseNote: 'moving' } as const
    const paused = changed(2, at('10:00:05'), pause)
    const run = changed(3, at('10:00:20'), { ...pause, trigger: follows('e1', at('10:00:20')) })
    const { records, skips, ...after } = given(created(), paused, run).at(at('10:00:21'))
    expect(records).toEqual(['v3 PAUSED 10:00:20'])
    expect(skips[0]).toMatchObject({ cause: 'chain:e1', outcome: 'SKIPPED_PAUSED', detail: 'moving' })
    const resumed = changed(4, at('10:00:35'), { scheduledSince: at('10:00:35') })
    expect(after.when(resumed).at(at('10:00:41'))).toMatchObject({
      records: ['v3 PAUSED 10:00:10..10:00:30 x3', 'v4 FIRED 10:00:40'],
      continued: null,
    })
  })

  test('breaks no range of skips in two', () => {
    const pausedUntil = at('10:00:25')
    const paused = changed(2, at('10:00:05'), { state: 'PAUSED', pausedUntil })
    const run = changed(3, at('10:00:15'), { state: 'PAUSED', pausedUntil, trigger: follows('e1', at('10:00:15')) })
    expect(given(created(), paused, run).at(at('10:00:25')).records).toEqual([
      'v3 PAUSED 10:00:10..10:00:20 x2',
      'v3 PAUSED 10:00:15',
    ])
  })

  test('fires once the pause has ended by itself, whoever has heard of that', () => {
    const pausedUntil = at('10:00:15')
    const paused = changed(2, at('10:00:05'), { state: 'PAUSED', pausedUntil })
    const run = changed(3, at('10:00:18'), { state: 'PAUSED', pausedUntil, trigger: follows('e1', at('10:00:18')) })
    expect(given(created(), paused, run).at(at('10:00:19')).fired).toEqual(['v3 FIRED chain:e1 10:00:18'])
  })
})

describe('an archive', () => {
  const archived = changed(2, at('10:00:15'), { state: 'ARCHIVED' })

  test('ends what comes after it; what was due before fires if it is not late', () => {
    const inTime = given(created(), archived).at(at('10:00:15'))
    expect(inTime).toMatchObject({ records: ['FIRED 10:00:10'], nextTime: null, exhausted: false })
    expect(given(created(), archived).at(at('10:00:30')).records).toEqual(['SUPERSEDED 10:00:10'])
  })

  test('lets no trigger through', () => {
    const run = { ...archived, version: 3, trigger: trigger('a', at('10:00:16')) }
    expect(given(created(), archived, run).at(at('10:00:17')).fired).toEqual([])
  })

  test('says who wants all to end that is open, once, and also with what fires in the same look', () => {
    const cancelsOpen = { by: 'user' }
    const run = changed(2, at('10:00:05'), { trigger: trigger('a', at('10:00:05')) })
    const end = changed(3, at('10:00:06'), { state: 'ARCHIVED', cancelsOpen })
    const ended = given(created(), run, end).at(at('10:00:07'))
    expect(ended).toMatchObject({ fired: ['v2 FIRED trigger:a 10:00:05'], cancelsOpen })
    expect(ended.when(end).at(at('10:00:08')).cancelsOpen).toBeNull()
    const held = given(created(), run, end).at(at('10:00:07'), 0)
    expect(held).toMatchObject({ fired: [], cancelsOpen: null })
    expect(held.when().at(at('10:00:08'))).toMatchObject({ fired: ['v2 FIRED trigger:a 10:00:05'], cancelsOpen })
    expect(given(created(), archived).at(at('10:00:15')).cancelsOpen).toBeNull()
    const later = changed(3, at('10:00:20'), { state: 'ARCHIVED', cancelsOpen })
    expect(given(created(), archived, later).at(at('10:00:21')).cancelsOpen).toEqual(cancelsOpen)
  })

  test('keeps what jitter has put off from firing, on record', () => {
    const hourly = { schedule: '0 * * * *', timing: timed({ jitterMs: 3_600_000 }) }
    const before = given(created(hourly)).at(at('10:59:00'))
    const after = before.when(changed(2, at('11:00:01'), { ...hourly, state: 'ARCHIVED' })).at(at('11:00:01'))
    expect(after.records).toEqual(['SUPERSEDED 11:00:00'])
  })
})

test('the instant of its creation is the first that a job knows', () => {
  expect(given(created()).at(CREATED_AT)).toMatchObject({ records: [], nextTime: '10:00:10' })
})
