import { expect, test } from 'vitest'
import { isOnStack, openApiClient } from '#platform/testing'
import { followLog, readLog, startLogging } from './follow-log.ts'
import { openWorld } from './world.ts'

const world = openWorld()
const LINES = 10_000
// Five seconds of writing, in the first of which the process is killed.
const LINES_PER_SECOND = 2_000
const CUTS_AT = [200, 1_500, 2_500, 5_000, 8_000]
const KILLED_AT = 500

test('10,000 lines, while who reads them is cut five times and the process is killed: each line once, in order', {
  timeout: 150_000,
}, async () => {
  const client = await world.user('follower')
  let urlNow: string | undefined = world.system().url
  const executionId = await startLogging(client, LINES, LINES_PER_SECOND)
  const follower = followLog(client, executionId, () => urlNow)
  let cuts = 0
  const cutting = (async () => {
    for (const at of CUTS_AT) {
      await follower.until(at)
      follower.cut()
      cuts += 1
    }
  })()
  // On the stack `tests/stack/log-tail.test.ts` restarts the services one by one.
  if (!isOnStack()) {
    await follower.until(KILLED_AT)
    urlNow = undefined
    await world.system().kill()
    await world.restart()
    urlNow = world.system().url
  }
  await Promise.all([cutting, follower.ended])

  const told = follower.lines.map(({ node }) => node)
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1))
  expect(cuts).toBe(CUTS_AT.length)
  expect(follower.visits()).toBeGreaterThan(CUTS_AT.length)
  expect(follower.lines).toEqual(await readLog(openApiClient(world.system().url, client.token), executionId))
  const last = told.filter(({ attempt }) => attempt === told.at(-1)?.attempt)
  expect(last.map(({ message }) => message)).toEqual(Array.from({ length: LINES }, (_, index) => `line ${index + 1}`))
  if (!isOnStack()) expect(told.at(-1)?.attempt).toBe(2)
})
