import { describe, expect, test } from 'vitest'
import { connection, decodeCursor, encodeCursor, FIRST_MAX, type Page, pageOf } from './connection.ts'

const ROWS = Array.from({ length: 25 }, (_, index) => ({ id: `r${index}`, at: index }))

/** What a query on rows would give: one more than the page, so that its end is known. */
function read({ first, after }: Page) {
  const start = after ? ROWS.findIndex(({ at }) => at === after[0]) + 1 : 0
  return ROWS.slice(start, start + first + 1)
}

describe('a page', () => {
  test('is 20 long unless another length from 1 to 100 is asked for', () => {
    expect(pageOf({})).toEqual({ first: 20, after: null })
    expect(pageOf({ first: null, after: null })).toEqual({ first: 20, after: null })
    expect(pageOf({ first: FIRST_MAX }).first).toBe(100)
    for (const first of [0, -1, 101, 1.5, Number.NaN]) {
      expect(() => pageOf({ first })).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
    }
  })

  test('after page gives every row once, and says when there is no more', () => {
    const seen: string[] = []
    let after: string | null = null
    for (let pages = 0; pages < 10; pages++) {
      const page = pageOf({ first: 10, after })
      const { edges, pageInfo } = connection(page, read(page), (row) => [row.at, row.id])
      seen.push(...edges.map(({ node }) => node.id))
      after = pageInfo.endCursor
      if (!pageInfo.hasNextPage) break
    }
    expect(seen).toEqual(ROWS.map(({ id }) => id))
  })

  test('that is just full has no next one, and an empty one no cursor', () => {
    const page = pageOf({ first: 5 })
    const keyOf = ({ at }: { at: number }) => [at]
    expect(connection(page, ROWS.slice(0, 5), keyOf).pageInfo).toEqual({
      hasNextPage: false,
      endCursor: encodeCursor([4]),
    })
    expect(connection(page, [], keyOf).pageInfo).toEqual({ hasNextPage: false, endCursor: null })
  })
})

test('a cursor gives its key back', () => {
  for (const key of [[1], ['a', 2.5], ['ü/+"', -1, '']]) expect(decodeCursor(encodeCursor(key))).toEqual(key)
})

test('what is no cursor is refused as input, whatever it is', () => {
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const junk = [
    '',
    'x',
    '!!!',
    encoded({}),
    encoded([]),
    encoded([null]),
    encoded([[1]]),
    encoded('a'),
    'A'.repeat(2_000),
  ]
  for (const cursor of junk) {
    expect(() => decodeCursor(cursor), cursor).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  }
})
