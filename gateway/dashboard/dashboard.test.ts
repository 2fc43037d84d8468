import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import type { ServiceInstance } from '#platform/registry'
import { silentLog } from '#platform/telemetry'
import { type Dashboard, openDashboard } from './dashboard.ts'

const clock = systemClock()
const instance: ServiceInstance = {
  id: 'i1',
  name: 'jobs',
  url: 'http://10.1.2.3:4002',
  status: 'UP',
  startedAt: new Date('2026-01-01T00:00:00Z'),
  lastHeartbeatAt: new Date('2026-01-01T00:00:05Z'),
  version: '1.0',
  isPreserved: false,
}
const opened: Dashboard[] = []
afterEach(async () => {
  for (const dashboard of opened.splice(0)) await dashboard.close()
})

async function open(instances: readonly ServiceInstance[], isPreserving = false, port = 0, warned: string[] = []) {
  const heartbeats = () => ({ expected: 36, heard: 35 })
  const dashboard = await openDashboard({
    directory: { all: () => instances, isPreserving: () => isPreserving, heartbeats },
    isProduction: false,
    host: '127.0.0.1',
    port,
    clock,
    log: { ...silentLog(), warn: (event) => void warned.push(event) },
  })
  opened.push(dashboard)
  return { dashboard, get: (path: string, init?: RequestInit) => fetch(`${dashboard.url}${path}`, init) }
}

test('shows each service with its instances, and asks for itself again', async () => {
  const { get } = await open([{ ...instance, name: 'auth', status: 'DOWN' }, instance, { ...instance, id: 'i2' }])
  const response = await get('/')
  const html = await response.text()
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(html).toContain('http-equiv="refresh" content="2"')
  expect(html).toContain('<td rowspan="2">JOBS</td>\n<td rowspan="2">2</td><td rowspan="2">10.1.2.3</td>')
  expect(html).toContain('<td class="DOWN">DOWN</td><td><a href="http://10.1.2.3:4002/health/ready">i1</a></td>')
  expect(html).toContain('2026-01-01 00:00:00 UTC')
  const facts = ['Environment</th><td>development', 'Heartbeats expected a minute</th><td>36', 'last minute</th><td>35']
  for (const word of [...facts, 'Uptime', '2 of 3', process.version, 'Leases expire</th><td>yes'])
    expect(html).toContain(word)
  expect(html).not.toContain('role="alert"')
  const json = await (await get('/instances')).json()
  expect(json).toMatchObject({ isPreserving: false, instances: [{ name: 'auth' }, { id: 'i1' }, { id: 'i2' }] })
})

test('says that instances are kept, and that there are none', async () => {
  const kept = await (await open([{ ...instance, isPreserved: true }], true)).get('/')
  expect(await kept.text()).toMatch(/role="alert".*Leases expire<\/th><td>no.*UP \(kept\)/s)
  expect(await (await (await open([])).get('/')).text()).toContain('No instances available')
})

test('what an instance says of itself is text, and never markup or script', async () => {
  const evil = '"><script>alert(1)</script>'
  const instances = [{ ...instance, id: evil, name: evil, version: evil, url: `javascript:alert('${evil}')` }]
  const { get } = await open(instances)
  const response = await get('/')
  const html = await response.text()
  expect(html).not.toContain('<script')
  expect(html).not.toMatch(/href="javascript/)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('only reads, and knows its paths', async () => {
  const { get } = await open([])
  expect((await get('/', { method: 'POST', body: 'x' })).status).toBe(405)
  expect((await get('/nowhere')).status).toBe(404)
  expect((await get('/health/live')).status).toBe(200)
})

test('a port that is taken is a warning, and no failure', async () => {
  const { dashboard } = await open([])
  const warned: string[] = []
  const second = await open([], false, Number(new URL(dashboard.url ?? '').port), warned)
  expect([second.dashboard.url, warned]).toEqual([undefined, ['dashboard.not_served']])
})
