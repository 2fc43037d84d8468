import { afterEach, beforeEach, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { type AuthStage, LOG_IN, openStage, type SessionAnswer, SIGN_UP } from './auth.fixture.ts'

const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on User { username roles workspaces { id name } }
  ... on Workspace { name } } }`

let stage: AuthStage
let alice: SessionAnswer
let bob: SessionAnswer

beforeEach(async () => {
  stage = await openStage(movedClock(new Date('2026-11-23T12:00:00Z')))
  alice = await stage.ask(SIGN_UP, { username: 'alice', password: '12345' })
  bob = await stage.ask(SIGN_UP, { username: 'bob', password: '12345' })
})

afterEach(() => stage.close())

function user(id: string): object {
  return { __typename: 'User', id }
}

function workspace(session: SessionAnswer): object {
  return { __typename: 'Workspace', id: session.user.workspaces[0]?.id }
}

test("somebody else's user and workspace look as if they did not exist", async () => {
  const representations = [user(alice.user.id), user(bob.user.id), user('nobody'), workspace(alice), workspace(bob)]
  const own = { username: 'alice', roles: ['OWNER'], workspaces: alice.user.workspaces }
  expect(await stage.ask(ENTITIES, { representations }, { token: alice.accessToken })).toEqual([
    own,
    null,
    null,
    { name: 'alice' },
    null,
  ])
})

test('without a token, one that exists and one that does not are refused alike', async () => {
  const answers: unknown[] = []
  for (const representation of [
    user(alice.user.id),
    user('nobody'),
    workspace(alice),
    { __typename: 'Workspace', id: 'x' },
  ]) {
    answers.push(await stage.refusalOf(ENTITIES, { representations: [representation] }))
    answers.push(await stage.refusalOf(ENTITIES, { representations: [representation] }, { token: 'forged' }))
  }
  for (const answer of answers) expect(answer).toEqual({ code: 'UNAUTHENTICATED' })
})

test('members of one workspace see each other, and of each other only what they share', async () => {
  const shared = alice.user.workspaces[0]?.id ?? ''
  await stage.database.unit(['memberships'], (unit) =>
    unit.insertMany('memberships', ['user_id', 'workspace_id', 'role'], [[bob.user.id, shared, 'OWNER']]),
  )
  const representations = [user(bob.user.id)]
  expect(await stage.ask(ENTITIES, { representations }, { token: alice.accessToken })).toEqual([
    { username: 'bob', roles: ['OWNER'], workspaces: [{ id: shared, name: 'alice' }] },
  ])
  const again = await stage.ask<SessionAnswer>(LOG_IN, { username: 'bob', password: '12345' })
  expect(again.user.workspaces).toHaveLength(2)
})

test('a thousand references to users are looked up together', async () => {
  const asked: string[] = []
  const { reader } = stage.database
  const all = reader.all.bind(reader)
  Object.assign(reader, {
    all: (sql: string, params: []) => {
      asked.push(sql)
      return all(sql, params)
    },
  })
  const representations = Array.from({ length: 1_000 }, (_, index) => user(`user-${index}`))
  await stage.ask(ENTITIES, { representations }, { token: alice.accessToken })
  // The service reads for itself meanwhile, as expired sessions.
  expect(asked.filter((sql) => sql.includes('from memberships'))).toHaveLength(2)
})
