import { expect, test } from 'vitest'
import { admit, nextAdmitted, type OpenExecution, type Overlap } from './admission.ts'

/** `a*` runs, `b` is admitted, `c?` waits. */
function open(text: string): readonly OpenExecution[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const id = word.slice(0, 1)
      if (word.endsWith('*')) return { id, stage: 'RUNNING' }
      return { id, stage: word.endsWith('?') ? 'WAITING' : 'ADMITTED' }
    })
}

function admitted(overlap: Overlap, others: string, bufferMax = 2): string {
  const admission = admit({ overlap, bufferMax }, open(others))
  if (admission.outcome === 'SKIPPED') return `${admission.code} by ${admission.blockedBy}`
  const displaced = admission.displaced.map(({ id, how }) => `, ${how} ${id}`).join('')
  return admission.outcome === 'WAITING' ? `WAITING behind ${admission.blockedBy}${displaced}` : `ADMITTED${displaced}`
}

test.each<[Overlap, string, string]>([
  ['SKIP', '', 'ADMITTED'],
  ['SKIP', 'a*', 'SKIPPED_OVERLAP by a'],
  ['SKIP', 'a', 'SKIPPED_OVERLAP by a'],
  ['SKIP', 'a b? c?', 'SKIPPED_OVERLAP by a'],
  ['SKIP', 'b?', 'SKIPPED_OVERLAP by b'],
  ['BUFFER_ONE', '', 'ADMITTED'],
  ['BUFFER_ONE', 'a', 'WAITING behind a'],
  ['BUFFER_ONE', 'a* b*', 'WAITING behind a'],
  ['BUFFER_ONE', 'a* b?', 'DROPPED_BUFFER by b'],
  ['BUFFER_ALL', 'a* b?', 'WAITING behind a'],
  ['BUFFER_ALL', 'a* b? c?', 'DROPPED_BUFFER by c'],
  ['BUFFER_ALL', 'b?', 'WAITING behind b'],
  ['CANCEL_OTHER', '', 'ADMITTED'],
  ['CANCEL_OTHER', 'a*', 'WAITING behind a, CANCEL a'],
  ['CANCEL_OTHER', 'a b', 'ADMITTED, CANCEL a, CANCEL b'],
  ['CANCEL_OTHER', 'a b* c?', 'WAITING behind b, CANCEL a, CANCEL b, DROP c'],
  ['TERMINATE_OTHER', 'a* b c?', 'ADMITTED, TERMINATE a, TERMINATE b, DROP c'],
  ['ALLOW_ALL', 'a* b c?', 'ADMITTED'],
])('%s with "%s" open: %s', (overlap, others, expected) => {
  expect(admitted(overlap, others)).toBe(expected)
})

test.each([
  ['', null],
  ['a?', 'a'],
  ['a? b?', 'a'],
  ['a b?', null],
  ['a* b?', null],
])('with "%s" open, %s may run next', (others, expected) => {
  expect(nextAdmitted(open(others))).toBe(expected)
})
