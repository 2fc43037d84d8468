import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Log, silentLog } from '../log.ts'
import { type Metrics, openMetrics } from '../metrics.ts'
import type { EndedSpan } from './span.ts'
import { openSpanExporter } from './span-exporter.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function collector(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function open(endpoint: string, log: Log = silentLog()) {
  const metrics = openMetrics({ ofProcess: false })
  const process = { service: 'carillon-test', instanceId: 'i1', version: '1.2.3' }
  return { metrics, exporter: openSpanExporter({ endpoint, ...process, clock: systemClock(), log, metrics }) }
}

const ended = (name: string): EndedSpan => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentSpanId: 'c'.repeat(16),
  name,
  kind: 'consumer',
  startedAtMs: 1_700_000_000_123,
  durationMs: 1.5,
  attributes: { text: 't', whole: 3, part: 0.5, is: true, nothing: undefined },
  errorType: 'LostError',
})

async function counted(metrics: Metrics, outcome: string): Promise<number> {
  const { text } = await metrics.expose()
  return Number(new RegExp(`carillon_spans_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0)
}

function counting(): { readonly log: Log; readonly said: string[] } {
  const said: string[] = []
  const log: Log = { ...silentLog(), warn: (event) => said.push(event), info: (event) => said.push(event) }
  return { log, said }
}

test('a collector gets spans as OTLP says in JSON', async () => {
  const bodies: string[] = []
  const paths: (string | undefined)[] = []
  const url = await collector((request, response) => {
    paths.push(`${request.url} ${request.headers['content-type']}`)
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part
    })
    request.on('end', () => {
      bodies.push(body)
      response.end('{}')
    })
  })
  const { exporter, metrics } = open(`${url}/`)
  exporter.take(ended('process job-events'))
  await exporter.stop()
  expect(paths).toEqual(['/v1/traces application/json'])
  const { resourceSpans } = JSON.parse(bodies[0] ?? '')
  expect(resourceSpans[0].resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'carillon-test' },
  })
  expect(resourceSpans[0].scopeSpans[0].spans).toEqual([
    {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      parentSpanId: 'c'.repeat(16),
      name: 'process job-events',
      kind: 5,
      startTimeUnixNano: '1700000000123000000',
      endTimeUnixNano: '1700000000124500000',
      attributes: [
        { key: 'text', value: { stringValue: 't' } },
        { key: 'whole', value: { intValue: '3' } },
        { key: 'part', value: { doubleValue: 0.5 } },
        { key: 'is', value: { boolValue: true } },
        { key: 'error.type', value: { stringValue: 'LostError' } },
      ],
      status: { code: 2 },
    },
  ])
  expect(await counted(metrics, 'exported')).toBe(1)
})

test('a collector that refuses is spoken of once, and what it did not take is counted', async () => {
  let status = 503
  const url = await collector((request, response) => {
    request.resume()
    response.writeHead(status).end()
  })
  const { log, said } = counting()
  const { exporter, metrics } = open(url, log)
  for (let dropped = 1; dropped <= 3; dropped++) {
    exporter.take(ended('refused'))
    await expect.poll(() => counted(metrics, 'dropped'), { timeout: 10_000 }).toBe(dropped)
  }
  expect(said).toEqual(['traces.not_exported'])
  status = 200
  exporter.take(ended('taken'))
  await expect.poll(() => said, { timeout: 10_000 }).toEqual(['traces.not_exported', 'traces.exported_again'])
  await exporter.stop()
})

test('a collector that does not answer fills the queue and no more, and keeps nobody from stopping', async () => {
  const url = await collector(() => undefined)
  const { exporter, metrics } = open(url)
  const startedMs = performance.now()
  for (let each = 0; each < 20_000; each++) exporter.take(ended('waiting'))
  expect(performance.now() - startedMs).toBeLessThan(1_000)
  expect(await counted(metrics, 'dropped')).toBeGreaterThanOrEqual(20_000 - 8_192 - 512)
  await exporter.stop()
  expect(performance.now() - startedMs).toBeLessThan(6_000)
})

test('a collector that is not there costs nobody anything', async () => {
  const { log, said } = counting()
  const { exporter, metrics } = open('http://127.0.0.1:9', log)
  exporter.take(ended('nowhere'))
  await exporter.stop()
  expect(await counted(metrics, 'dropped')).toBe(1)
  expect(said).toEqual(['traces.not_exported'])
})
