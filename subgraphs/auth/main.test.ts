import { afterEach, expect, test } from 'vitest'
import { openOutbox } from '#platform/outbox'
import { differences, rebuild } from '#platform/projections'
import { movedClock } from '#platform/testing'
import {
  type AuthStage,
  LOG_IN,
  LOG_OUT,
  ME,
  openStage,
  type SessionAnswer,
  SIGN_UP,
  type StageOptions,
  shreyash,
  stageConfig,
} from './auth.fixture.ts'
import { sessionsProjection } from './projections/sessions.ts'
import { usersProjection } from './projections/users.ts'

const open: AuthStage[] = []
const clock = movedClock(new Date('2026-11-23T12:00:00.700Z'))

async function stage(options: StageOptions = {}): Promise<AuthStage> {
  const opened = await openStage(clock, options)
  open.push(opened)
  return opened
}

afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close()
})

test('who signs up has a workspace of their own and is logged in', async () => {
  const { ask } = await stage()
  const session = await ask<SessionAnswer>(SIGN_UP, shreyash)
  expect(session.user).toMatchObject({ username: 'shreyash', roles: ['OWNER'], workspaces: [{ name: 'shreyash' }] })
  expect(session.expiresAt).toBe('2026-11-23T12:15:00.000Z')
  expect(await ask(ME, {}, { token: session.accessToken })).toEqual(session.user)
})

test('who logs in is the same user, however the name is written', async () => {
  const { ask, auth } = await stage()
  const { user } = await ask<SessionAnswer>(SIGN_UP, shreyash)
  const session = await ask<SessionAnswer>(LOG_IN, { username: 'SHREYASH', password: '12345' })
  expect(session.user).toEqual(user)
  const caller = await auth.verifier.verify(session.accessToken)
  expect(caller).toMatchObject({ userId: user.id, username: 'shreyash', workspaceIds: [user.workspaces[0]?.id] })
})

test('a name is taken once, its case ignored, also by two who come at once', async () => {
  const { ask, refusalOf } = await stage()
  await ask(SIGN_UP, shreyash)
  expect(await refusalOf(SIGN_UP, { ...shreyash, username: 'Shreyash' })).toMatchObject({ code: 'USERNAME_TAKEN' })
  const names = ['racer', 'Racer', 'RACER', 'racer']
  const outcomes = await Promise.all(names.map((username) => refusalOf(SIGN_UP, { username, password: '12345' })))
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
  expect(outcomes.filter((outcome) => outcome !== 'done')).toHaveLength(3)
  for (const outcome of outcomes) if (outcome !== 'done') expect(outcome).toMatchObject({ code: 'USERNAME_TAKEN' })
})

test('names and passwords that cannot be are refused with what is asked for', async () => {
  const { refusalOf } = await stage({ config: { passwordCharactersMin: 12 } })
  expect(await refusalOf(SIGN_UP, { username: 'a b', password: 'x'.repeat(12) })).toMatchObject({
    code: 'BAD_USER_INPUT',
    details: { path: 'input.username' },
  })
  expect(await refusalOf(SIGN_UP, shreyash)).toEqual({
    code: 'WEAK_PASSWORD',
    details: { path: 'input.password', charactersMin: 12, charactersMax: 256 },
  })
})

test('a wrong name, an impossible name, a wrong password and an endless one get the same answer', async () => {
  const { ask, auth } = await stage()
  await ask(SIGN_UP, shreyash)
  const attempts = [
    { username: 'shreyash', password: 'wrong' },
    { username: 'nobody', password: '12345' },
    { username: 'no body', password: '12345' },
    { username: 'shreyash', password: 'x'.repeat(10_000) },
    { username: 'nobody', password: 'x'.repeat(10_000) },
  ]
  const answers: unknown[] = []
  for (const variables of attempts) answers.push(await auth.subgraph.execute({ query: LOG_IN, variables }, {}))
  expect(answers[0]).toMatchObject({ errors: [{ extensions: { code: 'INVALID_CREDENTIALS' } }] })
  for (const answer of answers) expect(answer).toEqual(answers[0])
})

test('who logs out is out: tokens of the session are refused at once, those of another session are not', async () => {
  const { ask, refusalOf, auth, database } = await stage()
  const first = await ask<SessionAnswer>(SIGN_UP, shreyash)
  const second = await ask<SessionAnswer>(LOG_IN, shreyash)
  const { sessionId } = await auth.verifier.verify(first.accessToken)
  const revoked: string[] = []
  auth.verifier.onRevoked((id) => revoked.push(id))

  expect(await ask(LOG_OUT, {}, { token: first.accessToken })).toBe(true)
  expect(revoked).toEqual([sessionId])
  expect(await refusalOf(ME, {}, { token: first.accessToken })).toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await refusalOf(LOG_OUT, {}, { token: first.accessToken })).toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await refusalOf(ME, {}, { token: second.accessToken })).toBe('done')

  await clock.settle()
  const outbox = openOutbox(database, ['identity-events'])
  const pages = await Promise.all(Array.from({ length: 8 }, (_, part) => outbox.read('identity-events', part, 0, 10)))
  expect(pages.flat()).toMatchObject([
    { key: sessionId, headers: { stream: `session-${sessionId}`, version: '2', previous: '0' } },
  ])
})

test('without a good token me is refused, and signing up is not', async () => {
  const { ask, refusalOf } = await stage()
  expect(await refusalOf(ME)).toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await refusalOf(ME, {}, { token: 'forged' })).toMatchObject({ code: 'UNAUTHENTICATED' })
  await ask(SIGN_UP, shreyash, { token: 'expired long ago' })
})

test('a hash is made anew at log-in when the parameters have risen, and the password stays good', async () => {
  const { ask, database } = await stage()
  await ask(SIGN_UP, shreyash)
  const hash = { ...stageConfig().hash, parameters: { memoryKib: 128, passes: 1, lanes: 1 } }
  const dearer = await openStage(clock, { config: { hash }, database })
  open.unshift(dearer)
  const hashes = async (): Promise<unknown> => (await database.reader.get('select hash from passwords'))?.hash
  expect(await hashes()).toContain('m=64,')
  await Promise.all([dearer.ask(LOG_IN, shreyash), dearer.ask(LOG_IN, shreyash)])
  expect(await hashes()).toContain('m=128,')
  await dearer.ask(LOG_IN, shreyash)
  const rehashed = await database.reader.all("select version from events where type = 'PasswordRehashed'")
  expect(rehashed).toHaveLength(1)
  expect(await dearer.refusalOf(LOG_IN, { ...shreyash, password: 'wrong' })).toMatchObject({
    code: 'INVALID_CREDENTIALS',
  })
})

test('projections that are made again from the events are the same, row by row', async () => {
  const { ask, database } = await stage()
  const session = await ask<SessionAnswer>(SIGN_UP, shreyash)
  await ask(SIGN_UP, { username: 'other', password: '12345' })
  await ask(LOG_IN, shreyash)
  await ask(LOG_OUT, {}, { token: session.accessToken })
  for (const projection of [usersProjection, sessionsProjection] as const) {
    const found = await rebuild(database, projection as never, (unit) => differences(unit, projection as never))
    expect(found).toEqual([])
  }
  expect(await database.reader.all('select * from sessions_rebuilt')).toHaveLength(3)
})
