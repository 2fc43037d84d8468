import { expect, test } from 'vitest'
import { activationOf, planKeys } from './key-plan.ts'

const lives = { cacheMs: 10, tokenMs: 5, signingMs: 100 }
const at = (ms: number): Date => new Date(ms)
const key = (kid: string, activatesAtMs: number): { kid: string; activatesAt: Date } => {
  return { kid, activatesAt: at(activatesAtMs) }
}

function plan(keys: readonly { kid: string; activatesAt: Date }[], nowMs: number): Record<string, unknown> {
  const { signing, published, retired, rotateAt, isWaiting } = planKeys(keys, at(nowMs), lives)
  const kids = (some: readonly { kid: string }[]): string => some.map(({ kid }) => kid).join(' ')
  return { signing: signing?.kid, published: kids(published), retired: kids(retired), rotateAt, isWaiting }
}

test('the first key signs at once, and the next is due after its life', () => {
  expect(activationOf([], at(7), lives)).toEqual(at(7))
  expect(plan([key('a', 0)], 0)).toEqual({
    signing: 'a',
    published: 'a',
    retired: '',
    rotateAt: at(100),
    isWaiting: false,
  })
  expect(plan([], 0)).toMatchObject({ signing: undefined, rotateAt: undefined })
})

test('the next key is published before it signs, and the one before it until its last token has ended', () => {
  expect(activationOf([key('a', 0)], at(100), lives)).toEqual(at(110))
  const keys = [key('b', 110), key('a', 0)]
  expect(plan(keys, 109)).toMatchObject({ signing: 'a', published: 'a b', isWaiting: true, rotateAt: undefined })
  expect(plan(keys, 110)).toMatchObject({ signing: 'b', published: 'a b', isWaiting: false, rotateAt: at(210) })
  expect(plan(keys, 115)).toMatchObject({ signing: 'b', published: 'a b', retired: '' })
  expect(plan(keys, 116)).toMatchObject({ signing: 'b', published: 'b', retired: 'a' })
})

test('a clock that was set back leaves the oldest key signing', () => {
  expect(plan([key('a', 50), key('b', 110)], 10)).toMatchObject({ signing: 'a', published: 'a b', retired: '' })
})
