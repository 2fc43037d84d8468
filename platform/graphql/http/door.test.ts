import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openMetrics, silentLog } from '#platform/telemetry'
import { openDoor } from './door.ts'

const options = {
  host: '127.0.0.1',
  clock: systemClock(),
  log: silentLog(),
  health: async () => ({ status: 'ok' as const, checks: {} }),
  routes: [],
  drainMs: 0,
}

test('a door whose port is in use opens at another one, where it may, and counts its requests once', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo

  const taken = openDoor({ ...options, port, metrics: openMetrics({ ofProcess: false }) })
  await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const door = await openDoor({ ...options, port, isPortFree: true, metrics: openMetrics({ ofProcess: false }) })
  expect(door.port).not.toBe(port)
  expect((await fetch(`${door.url}/metrics`)).status).toBe(200)

  await door.close()
  other.close()
})
