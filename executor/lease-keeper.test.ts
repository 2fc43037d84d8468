import { expect, test } from 'vitest'
import { LEASE_MS } from '#executions'
import { silentLog } from '#platform/telemetry'
import { movedClock } from '#platform/testing'
import { openLeaseKeeper } from './lease-keeper.ts'

const START = new Date('2026-11-23T10:00:00Z')
const MARGIN_MS = 1_000

test('who cannot renew its lease ends what it holds a second before others may take it, however it waits', async () => {
  const clock = movedClock(START)
  const lostAtMs: number[] = []
  let takenAtMs = 0
  let isCutOff = false
  const take = (): void => {
    if (isCutOff) throw new Error('the database is away')
    takenAtMs = clock.monotonicMs()
  }
  const keeper = openLeaseKeeper({
    executions: {
      register: async () => take(),
      async renewLease() {
        take()
        return true
      },
    },
    clock,
    log: silentLog(),
    onLost: () => lostAtMs.push(clock.monotonicMs()),
  })
  await keeper.start()
  await clock.advance(20_500)
  expect(lostAtMs).toEqual([])
  isCutOff = true
  await clock.advance(30_000)
  expect(lostAtMs).toEqual([takenAtMs + LEASE_MS - MARGIN_MS])

  isCutOff = false
  await clock.advance(10_000)
  expect(keeper.checkTrust()).toBe(true)
  await keeper.stop()
})
