import { afterEach, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import {
  type AuthStage,
  LOG_IN,
  openStage,
  REFRESH,
  type SessionAnswer,
  SIGN_UP,
  shreyash,
  stageConfig,
} from './auth.fixture.ts'
import type { AuthConfig } from './config.ts'

const clock = movedClock(new Date('2026-11-23T12:00:00Z'))
const open: AuthStage[] = []
const limited = { code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } }
const wrong = { ...shreyash, password: 'wrong' }

async function stage(throttle: Partial<AuthConfig['throttle']> = {}): Promise<AuthStage> {
  const opened = await openStage(clock, { config: { throttle: { ...stageConfig().throttle, ...throttle } } })
  open.push(opened)
  return opened
}

afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close()
})

async function codes(work: () => Promise<unknown>, count: number): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (let time = 0; time < count; time++) {
    const outcome = await work()
    found.push(outcome === 'done' ? 'done' : (outcome as { code: string }).code)
  }
  return found
}

const times = (code: string, count: number): readonly string[] => Array<string>(count).fill(code)

test('aliases are counted one by one: 30 log-ins in a request are 30 attempts', async () => {
  const { ask, auth } = await stage({ logInsPerNetworkMax: 20 })
  await ask(SIGN_UP, shreyash)
  const logIn = 'logIn(input: { username: "shreyash", password: "12345" }) { accessToken }'
  const aliases = Array.from({ length: 30 }, (_, index) => `attempt${index}: ${logIn}`)
  const { errors } = await auth.subgraph.execute({ query: `mutation { ${aliases.join(' ')} }` }, {})
  // The first that fails ends a mutation (GraphQL §6.2.2), and it is the one after the twentieth.
  expect(errors).toMatchObject([{ path: ['attempt20'], extensions: limited }])
})

test('guesses in aliases stop at the first that is wrong, and it is counted', async () => {
  const { ask, auth } = await stage({ failedLogInsPerAccountMax: 1 })
  await ask(SIGN_UP, shreyash)
  const guess = 'logIn(input: { username: "shreyash", password: "wrong" }) { accessToken }'
  const query = `mutation { one: ${guess} two: ${guess} }`
  const codeOf = async (): Promise<unknown> =>
    (await auth.subgraph.execute({ query }, {})).errors?.map(({ extensions }) => extensions?.code)
  expect(await codeOf()).toEqual(['INVALID_CREDENTIALS'])
  expect(await codeOf()).toEqual(['RATE_LIMITED'])
})

test('an account takes ten wrong passwords, from however many networks, and then waits as it was told', async () => {
  const { ask, refusalOf } = await stage()
  await ask(SIGN_UP, shreyash)
  let network = 0
  const guess = (): Promise<unknown> => refusalOf(LOG_IN, wrong, { network: `192.0.${network++}.1` })
  expect(await codes(guess, 12)).toEqual([...times('INVALID_CREDENTIALS', 10), ...times('RATE_LIMITED', 2)])
  const refusal = await refusalOf(LOG_IN, shreyash)
  expect(refusal).toMatchObject(limited)
  await clock.advance((refusal as typeof limited).details.retryAfterMs)
  expect(await refusalOf(LOG_IN, shreyash)).toBe('done')
})

test('a name that does not exist is throttled like one that does', async () => {
  const { refusalOf } = await stage()
  const guess = (): Promise<unknown> => refusalOf(LOG_IN, { username: 'nobody', password: 'wrong' })
  expect(await codes(guess, 11)).toEqual([...times('INVALID_CREDENTIALS', 10), 'RATE_LIMITED'])
})

test('log-ins that succeed do not use up the account', async () => {
  const { ask, refusalOf } = await stage()
  await ask(SIGN_UP, shreyash)
  expect(await codes(() => refusalOf(LOG_IN, shreyash), 30)).toEqual(times('done', 30))
})

test('guesses that run side by side are all counted', async () => {
  const { ask, refusalOf } = await stage()
  await ask(SIGN_UP, shreyash)
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => refusalOf(LOG_IN, wrong)))
  const tried = outcomes.filter((outcome) => (outcome as { code: string }).code === 'INVALID_CREDENTIALS')
  expect(tried).toHaveLength(10)
})

test('a network is limited over all names, each network for itself', async () => {
  const { refusalOf } = await stage({ logInsPerNetworkMax: 20 })
  let name = 0
  const spray = (address: string) => (): Promise<unknown> =>
    refusalOf(LOG_IN, { username: `user-${name++}`, password: 'wrong' }, { network: address })
  expect(await codes(spray('192.0.2.1'), 20)).toEqual(times('INVALID_CREDENTIALS', 20))
  expect(await codes(spray('192.0.2.99'), 2)).toEqual(times('RATE_LIMITED', 2))
  expect(await codes(spray('198.51.100.1'), 1)).toEqual(['INVALID_CREDENTIALS'])
  // All who cannot be told apart share one count.
  expect(await codes(spray('somewhere'), 20)).toEqual(times('INVALID_CREDENTIALS', 20))
  expect(await codes(spray('elsewhere'), 1)).toEqual(['RATE_LIMITED'])
})

test('sign-ups and refreshes are limited by network', async () => {
  const { ask, refusalOf } = await stage({ signUpsPerNetworkMax: 3, refreshesPerNetworkMax: 4 })
  let name = 0
  const signUp = (): Promise<unknown> => refusalOf(SIGN_UP, { username: `user-${name++}`, password: '12345' })
  expect(await codes(signUp, 4)).toEqual([...times('done', 3), 'RATE_LIMITED'])
  const { refreshToken } = await ask<SessionAnswer>(SIGN_UP, shreyash, { network: '192.0.2.1' })
  expect(await codes(() => refusalOf(REFRESH, { refreshToken }), 5)).toEqual([...times('done', 4), 'RATE_LIMITED'])
})

test('when too many hash at once, the rest is told to come again', async () => {
  const config = { hash: { ...stageConfig().hash, runningMax: 1, waitingMax: 2 } }
  const narrow = await openStage(clock, { config })
  open.push(narrow)
  const { ask, refusalOf } = narrow
  await ask(SIGN_UP, shreyash)
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => refusalOf(LOG_IN, shreyash)))
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(3)
  expect(outcomes.filter((outcome) => outcome !== 'done')[0]).toMatchObject({ code: 'OVERLOADED' })
})
