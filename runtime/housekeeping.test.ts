import { expect, test } from 'vitest'
import { silentLog } from '#platform/telemetry'
import { movedClock } from '#platform/testing'
import { startHousekeeping } from './housekeeping.ts'

const start = new Date('2026-11-23T00:00:00Z')
const HOUR_MS = 3_600_000

test('nothing is dropped while a consumer is behind, however old it is; then what is past its time', async () => {
  const clock = movedClock(start)
  const pruned: string[] = []
  let isCaughtUp = false
  const housekeeping = startHousekeeping({
    clock,
    log: silentLog(),
    retentionMs: HOUR_MS,
    now: async () => clock.now(),
    isCaughtUp: async () => isCaughtUp,
    prune: async (before) => void pruned.push(before.toISOString()),
  })
  await clock.advance(10 * HOUR_MS)
  expect(pruned).toEqual([])
  isCaughtUp = true
  await clock.advance(60_000)
  expect(pruned).toEqual(['2026-11-23T09:01:00.000Z'])
  await housekeeping.stop()
})
