import { expect, test } from 'vitest'
import { definitions, occurrence, pausedAt, rescheduledAt } from './definitions.fixture.ts'
import { type Case, explained, skipped } from './explain.fixture.ts'
import { explain } from './explain.ts'
import { momentOf } from './moment.ts'

const christmas = { timeZone: null, workDays: [1, 2, 3, 4, 5], blackouts: [] }
const nyse = {
  name: 'nyse',
  version: 1,
  on: 'ANY_DAY' as const,
  rules: { ...christmas, holidays: [{ from: '12-25', to: '12-25', name: 'Christmas' }] },
}
const ordinary = '2026-03-10T06:30:00Z'
test.each<[string, string, Case, string, string]>([
  [
    'fired on time',
    '2026-03-10T02:30',
    { records: [occurrence(ordinary)] },
    'FIRED',
    'It fired on time, at 02:30 on 2026-03-10 in America/New_York.',
  ],
  [
    'fired with a jitter',
    '2026-03-10T02:30',
    {
      records: [
        occurrence(ordinary, {
          effectiveAt: new Date('2026-03-10T06:30:20Z'),
          decidedAt: new Date('2026-03-10T06:30:20Z'),
        }),
      ],
    },
    'FIRED',
    'It fired at 02:30:20 on 2026-03-10 in America/New_York, on time with a jitter of 20s.',
  ],
  [
    'fired late',
    ordinary,
    { records: [occurrence(ordinary, { isLate: true, decidedAt: new Date('2026-03-10T08:31:00Z') })] },
    'FIRED',
    'It fired at 04:31 on 2026-03-10 in America/New_York, late by 2h1m.',
  ],
  [
    'was triggered by somebody',
    '2026-03-10T02:30',
    { schedule: '0 9 * * *', records: [occurrence(ordinary, { cause: 'trigger:k', reason: 'TRIGGERED' })] },
    'FIRED',
    'It is no time of the schedule, but somebody triggered the job at 02:30 on 2026-03-10 in America/New_York.',
  ],
  [
    'was skipped, and a backfill ran it',
    '2026-03-10T02:30',
    {
      timing: { catchup: 'NONE' },
      records: [
        occurrence(ordinary, { cause: 'backfill:b' }),
        skipped(ordinary, { outcome: 'SKIPPED_CATCHUP', reason: 'CATCHUP_NONE' }),
      ],
    },
    'SKIPPED',
    'It was missed, since it was not decided before 2026-03-10T09:00:00.000Z; by catchup NONE what is later than 5s is skipped; it was also run by backfill:b.',
  ],
  [
    'fired, and more than once in that minute',
    '2026-03-10T02:30',
    {
      schedule: '*/20 * * * * *',
      records: [
        occurrence(ordinary),
        occurrence('2026-03-10T06:30:20Z'),
        skipped('2026-03-10T06:30:40Z', { outcome: 'SKIPPED_CATCHUP', reason: 'COLLAPSED' }),
      ],
    },
    'FIRED',
    'It fired on time, at 02:30 on 2026-03-10 in America/New_York; 2 more of its times are there, up to 2026-03-10T06:30:40.000Z.',
  ],
  ...(
    [
      ['COLLAPSED', 'by catchup LAST only the newest time that was missed is run.'],
      ['OUTSIDE_WINDOW', 'what is older than 1d is not caught up.'],
      ['OVER_CATCHUP_MAX', 'only the newest 100 are caught up.'],
    ] as const
  ).map(
    ([reason, end]) =>
      [
        `was skipped: ${reason}`,
        '2026-03-10T02:30',
        { records: [skipped(ordinary, { outcome: 'SKIPPED_CATCHUP', reason })] },
        'SKIPPED',
        `It was missed, since it was not decided before 2026-03-10T09:00:00.000Z; ${end}`,
      ] satisfies [string, string, Case, string, string],
  ),
  [
    'was changed before it was decided',
    '2026-03-10T02:30',
    { records: [skipped(ordinary, { outcome: 'SKIPPED_CATCHUP', reason: 'SUPERSEDED' })] },
    'SKIPPED',
    'It was missed, since it was not decided before 2026-03-10T09:00:00.000Z, and the job was paused or changed meanwhile: catch-up begins there.',
  ],
  [
    'was paused, with a note',
    '2026-03-10T02:30',
    {
      changes: [pausedAt('2026-03-09T00:00:00Z', { note: 'moving house' })],
      records: [skipped(ordinary, { outcome: 'SKIPPED_PAUSED', reason: 'PAUSED' })],
    },
    'SKIPPED',
    'The job was paused by alice since 2026-03-09T00:00:00.000Z: moving house.',
  ],
  [
    'was forbidden by a holiday',
    '2025-12-25T02:30',
    {
      createdAt: '2025-01-01T00:00:00Z',
      records: [
        skipped('2025-12-25T07:30:00Z', {
          outcome: 'SKIPPED_CALENDAR',
          reason: 'CALENDAR',
          detail: 'nyse: holiday: Christmas',
        }),
      ],
    },
    'SKIPPED',
    'It was skipped by calendar nyse: holiday: Christmas.',
  ],
  [
    'is due and not decided',
    '2026-03-10T02:30',
    {
      records: [skipped(ordinary, { outcome: 'PENDING', detail: 'no scheduler has decided it yet', decidedAt: null })],
    },
    'PENDING',
    'It was due and is not decided yet: no scheduler has decided it yet.',
  ],
  [
    'lies ahead',
    '2026-12-24T02:30',
    { timing: { calendars: [nyse] } },
    'FUTURE',
    'It is due then, 2026-12-24T07:30:00.000Z, and not before.',
  ],
  [
    'lies ahead, on a holiday',
    '2026-12-25T02:30',
    { timing: { calendars: [nyse] } },
    'FUTURE',
    'It is due then, and will be skipped by calendar nyse: holiday: Christmas.',
  ],
  [
    'lies ahead, in a pause',
    '2026-12-25T02:30',
    { changes: [pausedAt('2026-11-01T00:00:00Z')] },
    'FUTURE',
    'It is due then, but the job is paused by alice since 2026-11-01T00:00:00.000Z: it will be skipped unless the job is resumed.',
  ],
  [
    'is none of its times',
    '2026-03-10T09:00',
    {},
    'NOT_DUE',
    '"30 2 * * *" has no time at 09:00 on 2026-03-10 in America/New_York: the one before is 02:30 on 2026-03-10, the one after 02:30 on 2026-03-11.',
  ],
  [
    'is before it was created',
    '2025-03-10T02:30',
    {},
    'BEFORE_CREATION',
    'The job did not exist yet: it was created at 2026-01-01T00:00:00.000Z.',
  ],
  [
    'is none of its times yet',
    '2026-03-10T02:30',
    { timing: { startAtMs: Date.parse('2026-04-01T00:00:00Z') } },
    'NOT_SCHEDULED',
    'The schedule starts at 2026-04-01T00:00:00.000Z.',
  ],
  [
    'is none of its times any more',
    '2026-03-10T02:30',
    { timing: { endAtMs: Date.parse('2026-02-01T00:00:00Z') } },
    'NOT_SCHEDULED',
    'The schedule ended at 2026-02-01T00:00:00.000Z.',
  ],
  [
    'is none, since it is run by hand',
    '2026-03-10T02:30',
    { schedule: '@manually' },
    'NOT_SCHEDULED',
    'The schedule is @manually: the job runs when it is triggered.',
  ],
  [
    'is after its end',
    '2026-03-10T02:30',
    { changes: [{ type: 'JobArchived', jobId: 'j', archivedAtMs: Date.parse('2026-02-01T00:00:00Z') }] },
    'NOT_SCHEDULED',
    'The job is archived since 2026-02-01T00:00:00.000Z.',
  ],
  [
    'is after its last time',
    '2026-03-10T02:30',
    { changes: [{ type: 'JobCompleted', jobId: 'j', completedAtMs: Date.parse('2026-02-01T00:00:00Z') }] },
    'NOT_SCHEDULED',
    'The job is completed since 2026-02-01T00:00:00.000Z: it could fire no more.',
  ],
  [
    'is beyond the count of its fires',
    '2026-03-10T02:30',
    { exhausted: true },
    'NOT_SCHEDULED',
    'The schedule is over: it has fired as often as it may.',
  ],
  [
    'is forbidden, and its record is not there yet',
    '2025-12-25T02:30',
    { createdAt: '2025-01-01T00:00:00Z', timing: { calendars: [nyse] } },
    'SKIPPED',
    'It is skipped by calendar nyse: holiday: Christmas; its record is about to be written.',
  ],
  [
    'is older than the ledger',
    '2026-03-10T02:30',
    {},
    'UNKNOWN',
    'It was due, and the ledger has no record of it: it is older than the ledger, or not told of yet.',
  ],
  [
    'was deleted from the ledger',
    '2026-03-10T02:30',
    { ledgerSince: '2026-03-11T00:00:00Z' },
    'UNKNOWN',
    'It was due, and what became of it was deleted: the ledger reaches back to 2026-03-11T00:00:00.000Z.',
  ],
  [
    'is at the edge of the ledger',
    '2026-03-10T02:30',
    { ledgerSince: '2026-03-10T06:30:00Z' },
    'UNKNOWN',
    'It was due, and the ledger has no record of it: it is older than the ledger, or not told of yet.',
  ],
])('a moment that %s', (_what, at, given, verdict, message) => {
  expect(explained(at, given)).toEqual([verdict, message])
})

test('an instant names a minute unless it names seconds', () => {
  const second = { schedule: '17 30 2 * * *', timing: { timeZone: 'UTC' } }
  expect(explained('2026-12-24T02:30Z', second)[0]).toBe('FUTURE')
  expect(explained('2026-12-24T02:30', second)[0]).toBe('FUTURE')
  expect(explained('2026-12-24T02:30:17', second)[0]).toBe('FUTURE')
  expect(explained('2026-12-24T02:30:00', second)[0]).toBe('NOT_DUE')
})

test('the times beside a moment are those of the schedules that held then', () => {
  const found = explain({
    moment: momentOf('2026-06-01T00:00:00Z', 'UTC'),
    definitions: definitions('0 6 * * *', '2026-01-01T00:00:00Z', {
      changes: [rescheduledAt('2026-06-01T00:00:00Z', '@weekly')],
    }),
    records: [],
    ...{ status: { exhausted: false }, ledgerSince: null },
    now: new Date('2026-07-01T00:00:00Z'),
  })
  expect(found).toMatchObject({
    verdict: 'NOT_DUE',
    previous: new Date('2026-05-31T06:00:00Z'),
    next: new Date('2026-06-07T00:00:00Z'),
  })
})

test.each([
  'yesterday',
  '2026-02-30T00:00',
  '2026-02-30T00:00Z',
  '2026-06-31T12:00:00.000+02:00',
  '2026-01-01',
  '02:30',
  '2026-13-01T00:00Z',
])('%s is refused', (at) => {
  expect(() => momentOf(at, 'UTC')).toThrow(/is no local time such as/)
})
