import { expect, test } from 'vitest'
import { check, type Effect, type RecordedRun, type Target } from './checker.ts'

const targets: readonly Target[] = [1, 2, 3].map((n) => ({ jobId: 'j', nominalAt: `t${n}` }))
const runs: readonly RecordedRun[] = targets.map((target, index) => ({
  ...target,
  executionId: `e${index + 1}`,
  status: 'SUCCEEDED',
  attempts: index === 1 ? ['LOST', 'SUCCEEDED'] : ['SUCCEEDED'],
}))
const effects: readonly Effect[] = [
  { executionId: 'e1', attempt: 1 },
  { executionId: 'e2', attempt: 1 },
  { executionId: 'e2', attempt: 2 },
  { executionId: 'e3', attempt: 1 },
]
const kinds = (...mutant: Parameters<typeof check>): string[] => check(...mutant).map(({ kind }) => kind)

test('a history in which each nominal time has its own completed run has no findings', () => {
  expect(check(targets, runs, effects)).toEqual([])
  // An attempt that was killed before its effect.
  expect(
    check(
      targets,
      runs,
      effects.filter(({ attempt, executionId }) => executionId !== 'e2' || attempt === 2),
    ),
  ).toEqual([])
  // Calls that fail once, sleeps that have no effect, and one that was cancelled.
  const others: readonly RecordedRun[] = [
    { ...runs[0]!, kind: 'FLAKY', attempts: ['FAILED', 'LOST', 'SUCCEEDED'] },
    { ...runs[1]!, kind: 'SILENT' },
    { ...runs[2]!, kind: 'LONG', status: 'CANCELLED', attempts: ['LOST'] },
  ]
  expect(check(targets, others, effects.slice(0, 1), [], new Set(['e3']))).toEqual([])
  // One whose executors all died; no fewer than five.
  const lost = (count: number) => ({ status: 'FAILED', attempts: Array<string>(count).fill('LOST') }) as const
  expect(check(targets, [runs[0]!, runs[1]!, { ...runs[2]!, kind: 'LONG', ...lost(5) }], effects.slice(0, 3))).toEqual(
    [],
  )
  expect(kinds(targets, [runs[0]!, runs[1]!, { ...runs[2]!, kind: 'LONG', ...lost(4) }], effects.slice(0, 3))).toEqual([
    'NOT_SUCCEEDED',
  ])
  // The job was archived when its last nominal time was late.
  const superseded = { jobId: 'j', nominalAt: 't4', reason: 'SUPERSEDED' }
  expect(check([...targets, superseded], runs, effects, [superseded])).toEqual([])
})

// The mutants: histories that a wrong system leaves behind.
test.each<[string, Parameters<typeof check>, string[]]>([
  ['a nominal time that never ran', [targets, runs.slice(1), effects.slice(1)], ['LOST']],
  [
    'a nominal time that fired twice',
    [
      targets,
      [...runs, { ...runs[0], executionId: 'e9' } as RecordedRun],
      [...effects, { executionId: 'e9', attempt: 1 }],
    ],
    ['FIRED_TWICE'],
  ],
  ['a run that was never due', [targets.slice(1), runs, effects], ['NEVER_DUE']],
  [
    'a run that did not succeed',
    [targets, runs.map((run) => ({ ...run, status: run.executionId === 'e3' ? 'RUNNING' : run.status })), effects],
    ['NOT_SUCCEEDED'],
  ],
  ['a success without its effect', [targets, runs, effects.slice(1)], ['NO_EFFECT']],
  [
    'the same attempt, twice in the world',
    [targets, runs, [...effects, { executionId: 'e1', attempt: 1 }]],
    ['UNDECLARED_DOUBLE_EFFECT'],
  ],
  [
    'an attempt that the history does not know',
    [targets, runs, [...effects, { executionId: 'e3', attempt: 2 }]],
    ['UNDECLARED_DOUBLE_EFFECT'],
  ],
  [
    'an effect of an execution that nobody knows',
    [targets, runs, [...effects, { executionId: 'e7', attempt: 1 }]],
    ['UNKNOWN_EFFECT'],
  ],
  [
    'a second attempt beside a first that was not given up',
    [targets, runs.map((run) => ({ ...run, attempts: run.attempts.map(() => 'SUCCEEDED') })), effects],
    ['NOT_GIVEN_UP'],
  ],
  [
    'a call that may not fail, and was tried again',
    [targets, runs.map((run) => ({ ...run, attempts: ['FAILED', 'SUCCEEDED'] })).slice(0, 1), effects.slice(0, 1)],
    ['LOST', 'LOST', 'NOT_GIVEN_UP'],
  ],
  [
    'a cancellation that was answered, and is no more',
    [targets, runs.map((run) => ({ ...run, kind: 'LONG' as const })), effects, [], new Set(['e1'])],
    ['NOT_CANCELLED'],
  ],
  [
    'a cancellation that nobody may ask for',
    [targets, runs.map((run) => (run.executionId === 'e1' ? { ...run, status: 'CANCELLED' } : run)), effects],
    ['NOT_SUCCEEDED'],
  ],
  [
    'a nominal time that was not caught up',
    [targets, runs.slice(1), effects.slice(1), [{ jobId: 'j', nominalAt: 't1', reason: 'COLLAPSED' }]],
    ['WRONGLY_SKIPPED'],
  ],
  [
    'a nominal time that was left out, and ran',
    [targets, runs, effects, [{ jobId: 'j', nominalAt: 't1', reason: 'SUPERSEDED' }]],
    ['WRONGLY_SKIPPED'],
  ],
])('%s is found', (_name, mutant, found) => {
  expect(kinds(...mutant)).toEqual(found)
})
