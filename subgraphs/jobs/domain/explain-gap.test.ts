import { expect, test } from 'vitest'
import { occurrence } from './definitions.fixture.ts'
import { type Case, explained, skipped } from './explain.fixture.ts'

const spring = '2026-03-08T07:00:00Z'
const GAP = '02:30 did not exist on 2026-03-08 in America/New_York: the clocks went from 02:00 to 03:00;'

test.each<[string, string, Case, string, string]>([
  [
    'did not exist, and fired after the gap',
    '2026-03-08T02:30',
    { records: [occurrence(spring)] },
    'IN_GAP',
    `${GAP} by dstGap FIRE_AFTER it fired at 03:00.`,
  ],
  [
    'did not exist, and fired later by the jump',
    '2026-03-08T02:30',
    { timing: { dstGap: 'SHIFT' }, records: [occurrence('2026-03-08T07:30:00Z')] },
    'IN_GAP',
    `${GAP} by dstGap SHIFT it fired at 03:30.`,
  ],
  [
    'did not exist, and was left out',
    '2026-03-08T02:30',
    {
      timing: { dstGap: 'SKIP' },
      records: [
        skipped(spring, {
          outcome: 'SKIPPED_DST',
          reason: 'DST_GAP',
          wallTime: '2026-03-08T02:30:00[America/New_York]',
        }),
      ],
    },
    'IN_GAP',
    `${GAP} by dstGap SKIP it was left out.`,
  ],
  [
    'did not exist, and was missed after the gap',
    '2026-03-08T02:30',
    { records: [skipped(spring, { outcome: 'SKIPPED_PAUSED', reason: 'PAUSED', detail: 'night' })] },
    'IN_GAP',
    `${GAP} by dstGap FIRE_AFTER it was due at 03:00, and the job was paused: night.`,
  ],
  [
    'will not exist',
    '2026-03-08T02:30',
    { now: '2026-03-01T00:00:00Z' },
    'IN_GAP',
    `${GAP} by dstGap FIRE_AFTER it will fire at 03:00.`,
  ],
  [
    'did not exist, and was asked for with milliseconds',
    '2026-03-08T02:30:00.000',
    { now: '2026-03-01T00:00:00Z' },
    'IN_GAP',
    `${GAP} by dstGap FIRE_AFTER it will fire at 03:00.`,
  ],
  [
    'did not exist, and is between those of the schedule',
    '2026-03-08T02:30:00.500',
    {},
    'IN_GAP',
    `${GAP.replace('02:30', '02:30:00.500')} and "30 2 * * *" adds nothing for a time that does not exist there.`,
  ],
  [
    'did not exist, for a schedule that is like an interval',
    '2026-03-08T02:30',
    { schedule: '*/30 * * * *' },
    'IN_GAP',
    `${GAP} and "*/30 * * * *" adds nothing for a time that does not exist there.`,
  ],
  [
    'came twice',
    '2026-11-01T01:30',
    { schedule: '30 1 * * *', records: [occurrence('2026-11-01T05:30:00Z')] },
    'FIRED',
    '01:30 came twice on 2026-11-01 in America/New_York (dstOverlap is FIRST); this is the first: it fired on time, at 01:30 on 2026-11-01 in America/New_York.',
  ],
])('a moment that %s', (_what, at, given, verdict, message) => {
  expect(explained(at, given)).toEqual([verdict, message])
})
