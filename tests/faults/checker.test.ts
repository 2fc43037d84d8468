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
])('%s is found', (_name, mutant, found) => {
  expect(kinds(...mutant)).toEqual(found)
})
