import { describe, expect, test } from 'vitest'
import { ARTEFACT_BYTES_MAX, asTaskError, RESULT_BYTES_MAX, RESULT_DEPTH_MAX, withinLimits } from './limits.ts'
import { type Json, type TaskArtefact, TaskError } from './task.ts'

const artefact: TaskArtefact = { name: 'a.csv', mediaType: 'text/csv; charset=utf-8', content: 'x' }
const code = (expected: string) => expect.objectContaining({ name: 'TaskError', code: expected })

describe('a result', () => {
  test('at its limit passes, and one byte more is refused, counted in bytes of JSON', () => {
    const full = { result: 'x'.repeat(RESULT_BYTES_MAX - 2), artefacts: [] }
    expect(withinLimits(full)).toEqual(full)
    expect(() => withinLimits({ ...full, result: `${full.result}x` })).toThrow(code('TASK_RESULT_TOO_LARGE'))
    expect(() => withinLimits({ ...full, result: 'é'.repeat(RESULT_BYTES_MAX / 2) })).toThrow(
      code('TASK_RESULT_TOO_LARGE'),
    )
  })

  test('that is not JSON is refused', () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    for (const result of [loop, 1n, undefined, () => 1]) {
      expect(() => withinLimits({ result: result as Json, artefacts: [] })).toThrow(code('TASK_RESULT_NOT_JSON'))
    }
  })

  test.each([65, 5_000, 100_000])('that is nested %i deep is refused', (levels) => {
    const nested = (count: number): Json => {
      let value: Json = null
      for (let level = 0; level < count; level++) value = level % 2 === 0 ? [value] : { value }
      return value
    }
    const deepest = { result: nested(RESULT_DEPTH_MAX), artefacts: [] }
    expect(withinLimits(deepest)).toEqual(deepest)
    expect(() => withinLimits({ result: nested(levels), artefacts: [] })).toThrow(code('TASK_RESULT_TOO_LARGE'))
  })

  test('is plain data afterwards, so that it can be sent', () => {
    const odd = { at: new Date(0), call: () => 1, list: [() => 1], own: { toJSON: () => 'own' } }
    const plain = { result: { at: '1970-01-01T00:00:00.000Z', list: [null], own: 'own' }, artefacts: [artefact] }
    const result = odd as unknown as Json
    expect(withinLimits({ result, artefacts: [{ ...artefact, more: () => 1 } as TaskArtefact] })).toEqual(plain)
  })

  test('has at most 10 artefacts of at most 10 MiB, and of 32 MiB in all', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...artefact, name: `${index}.csv` }))
    expect(() => withinLimits({ result: null, artefacts: many(10) })).not.toThrow()
    expect(() => withinLimits({ result: null, artefacts: many(11) })).toThrow(code('TASK_TOO_MANY_ARTEFACTS'))
    const full = { ...artefact, content: 'é'.repeat(ARTEFACT_BYTES_MAX / 2) }
    expect(() => withinLimits({ result: null, artefacts: [full] })).not.toThrow()
    const four = ['a', 'b', 'c', 'd'].map((name) => ({ ...full, name }))
    expect(() => withinLimits({ result: null, artefacts: four.slice(1) })).not.toThrow()
    expect(() => withinLimits({ result: null, artefacts: four })).toThrow(code('TASK_ARTEFACT_TOO_LARGE'))
    expect(() => withinLimits({ result: null, artefacts: [{ ...full, content: `${full.content}x` }] })).toThrow(
      code('TASK_ARTEFACT_TOO_LARGE'),
    )
  })

  test.each([
    [[{ ...artefact, name: '../../etc/passwd' }]],
    [[{ ...artefact, name: '.hidden' }]],
    [[{ ...artefact, name: '' }]],
    [[{ ...artefact, name: 'a\r\nb' }]],
    [[{ ...artefact, mediaType: 'text/html\r\nSet-Cookie: a=b' }]],
    [[artefact, { ...artefact, name: 'A.CSV' }]],
    [[{ ...artefact, name: undefined as unknown as string }]],
    [[{ ...artefact, content: 5 as unknown as string }]],
    [[null as unknown as TaskArtefact]],
    ['a.csv' as unknown as TaskArtefact[]],
  ])('with unsafe artefacts is refused: %j', (artefacts) => {
    expect(() => withinLimits({ result: null, artefacts })).toThrow(code('TASK_ARTEFACT_INVALID'))
  })
})

test('whatever is thrown becomes a TaskError, and a TaskError stays itself', () => {
  const own = new TaskError('OWN', 'own')
  expect(asTaskError(own)).toBe(own)
  expect(asTaskError(new TypeError('x is not a function'))).toMatchObject({
    code: 'TASK_FAILED',
    message: 'the task failed: x is not a function',
  })
  expect(asTaskError('odd')).toMatchObject({ code: 'TASK_FAILED', message: 'the task failed: odd' })
  expect(asTaskError(new TaskError('disk-full', 'no room', { isFinal: true, retryAfterMs: 60_000 }))).toMatchObject({
    ...{ code: 'TASK_FAILED', isFinal: true, retryAfterMs: 60_000 },
    message: 'the task failed: no room (its code is none of capitals, digits and _: "disk-full")',
  })
  expect(asTaskError(new TaskError('OWN', 'own', { isFinal: true, retryAfterMs: Number.NaN }))).toMatchObject({
    ...{ code: 'OWN', isFinal: true, retryAfterMs: null },
  })
})
