import { expect, test } from 'vitest'
import { type DecidedRow, judged, punctual } from './ledger-rows.ts'

const SINCE = new Date('2026-11-23T10:00:00.400Z')
const firstMs = SINCE.getTime() + 600

const rows: readonly DecidedRow[] = [0, 1, 2].map((second) => ({
  job_id: 'j',
  nominal_at: firstMs + second * 1_000,
  effective_at: null,
  decided_at: firstMs + second * 1_000 + 40,
  outcome: 'FIRED',
}))
const untilMs = firstMs + 2_000
const right = { missing: 0, skipped: 0, early: [], lateMsMax: 40 }
const altered = (change: Partial<DecidedRow>): DecidedRow[] =>
  rows.map((row, at) => (at === 1 ? { ...row, ...change } : row))

test('a ledger in which each second was decided soon after its time is right', () => {
  expect(judged(rows, SINCE, untilMs)).toEqual(right)
  expect(punctual(40)).toBe('at most 2 s')
})

// The mutants: ledgers that a wrong scheduler leaves behind.
test.each<[string, readonly DecidedRow[], object]>([
  ['no ledger at all', [], { missing: 1 }],
  ['a second that nobody decided', rows.slice(1), { missing: 1 }],
  ['a second that was left out', altered({ outcome: 'SKIPPED_CATCHUP' }), { skipped: 1 }],
  ['a fire before its time', altered({ decided_at: firstMs + 990 }), { early: [{ decided_at: firstMs + 990 }] }],
  [
    'a fire before its jitter',
    altered({ effective_at: firstMs + 1_500 }),
    { early: [{ effective_at: firstMs + 1_500 }] },
  ],
  ['a gap', altered({ decided_at: firstMs + 4_000 }), { lateMsMax: 3_000 }],
])('%s is found', (_name, mutant, found) => {
  expect(judged(mutant, SINCE, untilMs)).toMatchObject(found)
})

test('a gap is told in milliseconds', () => {
  expect(punctual(2_001)).toBe('2001 ms')
})
