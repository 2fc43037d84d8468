import { describe, expect, test } from 'vitest'
import { definitionAt, definitionOfVersion } from './definition.ts'
import { definitions, occurrence, pausedAt, rescheduledAt, resumedAt } from './definitions.fixture.ts'
import { clipped, timesOf } from './nominal-run.ts'
import { type Progress, undecided } from './undecided.ts'

const CREATED = '2026-11-23T11:30:00Z'
const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)

function progress(changes: Partial<Progress['status']> = {}, recordedThrough: Date | null = null): Progress {
  const status = { advancedVersion: 1, scheduleVersion: 1, nextFireAt: null, exhausted: false, lastFiredAt: null }
  return { status: { ...status, ...changes }, recordedThrough }
}

/** What is undecided, in short. */
function brief(found: ReturnType<typeof undecided>): readonly string[] {
  const time = (date: Date): string => date.toISOString().slice(11, 19)
  return found.map(({ scheduledFor, through, count, outcome, reason, jobVersion }) =>
    [time(scheduledFor), time(through), count, outcome, reason, `v${jobVersion}`].join(' '),
  )
}

describe('what is due and has no record', () => {
  const hourly = definitions('@hourly', CREATED)

  test('is pending, and the scheduler is behind once it is later than late', () => {
    expect(brief(undecided(hourly, progress(), at('12:00:03')))).toEqual(['12:00:00 12:00:00 1 PENDING DUE v1'])
    expect(brief(undecided(hourly, progress(), at('14:30:00')))).toEqual([
      '12:00:00 14:00:00 3 PENDING SCHEDULER_BEHIND v1',
    ])
  })

  test.each([
    ['the scheduler has told of a next time', progress({ nextFireAt: at('14:00:00') }), ['14:00:00 14:00:00 1']],
    ['its last record is there', progress({}, at('13:00:00')), ['14:00:00 14:00:00 1']],
    ['it is known to have fired', progress({ lastFiredAt: at('13:30:00') }), ['14:00:00 14:00:00 1']],
    ['it can fire no more', progress({ exhausted: true }), []],
  ])('is what comes later, when %s', (_what, known, expected) => {
    expect(brief(undecided(hourly, known, at('14:30:00'))).map((each) => each.slice(0, 19))).toEqual(expected)
  })

  test('what the scheduler told of an earlier version is past', () => {
    const known = progress({ scheduleVersion: 2, nextFireAt: at('23:00:00'), exhausted: true })
    const edited = definitions('@hourly', CREATED, { changes: [rescheduledAt('2026-11-23T13:30:00Z', '*/30 * * * *')] })
    expect(brief(undecided(edited, known, at('14:30:00')))).toEqual([
      '12:00:00 13:00:00 2 PENDING SCHEDULER_BEHIND v1',
      '14:00:00 14:30:00 2 PENDING SCHEDULER_BEHIND v2',
    ])
  })

  test('is nothing before the instant at which a new schedule holds', () => {
    const once = definitions('@at 2026-11-23T12:00:00Z', '2026-11-23T12:00:30Z')
    expect(brief(undecided(once, progress({ advancedVersion: 0 }), at('12:00:40')))).toHaveLength(1)
    const now = definitions('@now', '2026-11-23T12:00:30Z')
    expect(brief(undecided(now, progress({ advancedVersion: 0 }), at('12:00:40')))).toHaveLength(1)
    expect(undecided(definitions('@manually', CREATED), progress(), at('23:00:00'))).toEqual([])
  })
})

describe('a pause that goes on', () => {
  const paused = pausedAt('2026-11-23T12:30:00Z', { note: 'moving house' })

  test('leaves out what is due in it, as one run', () => {
    const job = definitions('@every 1s', CREATED, { changes: [paused] })
    const found = undecided(job, progress({ advancedVersion: 2, scheduleVersion: 2 }), at('23:00:00'))
    expect(brief(found)).toEqual([`12:30:01 23:00:00 ${10.5 * 3600} SKIPPED_PAUSED PAUSED v2`])
    expect(found[0]).toMatchObject({ decidedAt: null, detail: 'moving house', executionId: null })
  })

  test('begins where the scheduler had got to, when it has not heard of it', () => {
    const job = definitions('@hourly', CREATED, { changes: [paused] })
    expect(brief(undecided(job, progress({ scheduleVersion: 2 }), at('14:30:00')))).toEqual([
      '12:00:00 12:00:00 1 PENDING SCHEDULER_BEHIND v1',
      '13:00:00 14:00:00 2 SKIPPED_PAUSED PAUSED v2',
    ])
  })

  test('is over at the end that was said, and stays what it was when somebody resumes', () => {
    const until = pausedAt('2026-11-23T12:30:00Z', { until: '2026-11-23T14:00:00Z' })
    const known = progress({ advancedVersion: 2, scheduleVersion: 2 })
    const ended = definitions('@hourly', CREATED, { changes: [until] })
    const expected = ['13:00:00 14:00:00 2 SKIPPED_PAUSED PAUSED v2', '15:00:00 15:00:00 1 PENDING SCHEDULER_BEHIND v2']
    expect(brief(undecided(ended, known, at('15:30:00')))).toEqual(expected)
    const resumed = definitions('@hourly', CREATED, { changes: [paused, resumedAt('2026-11-23T14:00:00Z')] })
    expect(brief(undecided(resumed, known, at('15:30:00')))).toEqual([
      expected[0],
      '15:00:00 15:00:00 1 PENDING SCHEDULER_BEHIND v3',
    ])
  })

  test('is nothing once the job is archived', () => {
    const archived = { type: 'JobArchived', jobId: 'j', archivedAtMs: Date.parse('2026-11-23T13:30:00Z') } as const
    const job = definitions('@hourly', CREATED, { changes: [paused, archived] })
    const known = progress({ advancedVersion: 2, scheduleVersion: 3 })
    expect(brief(undecided(job, known, at('23:00:00')))).toEqual(['13:00:00 13:00:00 1 SKIPPED_PAUSED PAUSED v2'])
  })
})

describe('a run of equal skips', () => {
  const [definition] = definitions('0 9 * * *', '2026-10-01T00:00:00Z', { timing: { timeZone: 'Europe/Berlin' } })
  if (!definition) throw new Error('no definition')
  const run = occurrence('2026-10-24T07:00:00Z', {
    through: new Date('2026-10-27T08:00:00Z'),
    count: 4,
    outcome: 'SKIPPED_PAUSED',
  })
  const times = ['2026-10-24T07:00:00Z', '2026-10-25T08:00:00Z', '2026-10-26T08:00:00Z', '2026-10-27T08:00:00Z']

  test('stands for its nominal times, over a change of the clocks', () => {
    expect(timesOf(run, definition, null, 100)).toEqual(times.map((time) => new Date(time)))
    expect(timesOf(run, definition, new Date(times[1] ?? ''), 1)).toEqual([new Date(times[2] ?? '')])
    expect(timesOf(run, definition, new Date(times[3] ?? ''), 1)).toEqual([])
  })

  test.each([
    ['2026-10-24T07:00:00Z', '2026-10-26T08:00:00Z', [1, 2]],
    ['2026-10-24T06:59:59Z', '2026-10-24T07:00:00Z', [0, 0]],
    [null, '2026-10-25T07:59:59Z', [0, 0]],
    ['2026-10-26T08:00:00Z', null, [3, 3]],
    ['2026-10-24T07:00:00Z', '2026-10-25T07:59:59Z', null],
  ] as const)('is clipped to what lies after %s up to %s', (from, to, expected) => {
    const date = (text: string | null): Date | null => (text === null ? null : new Date(text))
    const part = clipped(run, definition, date(from), date(to))
    if (expected === null) return expect(part).toBeNull()
    const [first, last] = expected
    expect(part).toEqual({
      ...run,
      scheduledFor: date(times[first] ?? ''),
      through: date(times[last] ?? ''),
      count: last - first + 1,
    })
  })

  test('of one is its own time', () => {
    const one = occurrence('2026-10-24T07:00:00Z')
    expect(timesOf(one, definition, null, 100)).toEqual([one.scheduledFor])
    expect(timesOf(one, definition, one.scheduledFor, 100)).toEqual([])
  })
})

test('a version belongs to the stretch that began with it or before', () => {
  const trigger = {
    type: 'JobTriggered',
    jobId: 'j',
    executionId: 'e',
    key: 'k',
    params: '{}',
    triggeredAtMs: 0,
  } as const
  const found = definitions('@hourly', CREATED, { changes: [trigger, rescheduledAt('2026-11-23T12:00:00Z', '@daily')] })
  expect(found.map(({ version }) => version)).toEqual([1, 3])
  expect([1, 2, 3, 9].map((version) => definitionOfVersion(found, version)?.version)).toEqual([1, 1, 3, 3])
  expect(definitionAt(found, at('12:00:00'))?.version).toBe(1)
  expect(definitionAt(found, at('12:00:01'))?.version).toBe(3)
  expect(definitionAt(found, at('11:30:00'))).toBeNull()
})
