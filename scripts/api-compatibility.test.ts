import { expect, test } from 'vitest'
import { apiBreaks } from './api-compatibility.ts'

const released = 'type Query { job(id: ID!): String jobs(first: Int): [String!]! }'

test('what only adds breaks nobody', () => {
  expect(
    apiBreaks(released, 'type Query { job(id: ID!): String! jobs(first: Int, after: ID): [String!]! me: ID }'),
  ).toEqual([])
})

test.each([
  ['a field taken away', 'type Query { jobs(first: Int): [String!]! }', 'FIELD_REMOVED'],
  ['an argument now required', 'type Query { job(id: ID!): String jobs(first: Int!): [String!]! }', 'ARG_CHANGED_KIND'],
  [
    'a field that may now be null',
    'type Query { job(id: ID!): String jobs(first: Int): [String!] }',
    'FIELD_CHANGED_KIND',
  ],
])('%s is reported', (_name, current, type) => {
  expect(apiBreaks(released, current)).toContainEqual(expect.stringContaining(type))
})
