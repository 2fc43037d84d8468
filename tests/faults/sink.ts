import { appendFileSync, fsyncSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Effect } from './checker.ts'

/**
 * The world outside: an HTTP server that writes down each call before it answers, and does not believe in retries. Under
 * `flaky` the first call of each execution fails, under `slow` an answer takes its time.
 */
export interface Sink {
  readonly url: string
  effects(): readonly Effect[]
  close(): void
}

const SLOW_MS = 1_200

/** Opens a sink on a free port, that appends to `file`. */
export async function openSink(file: string): Promise<Sink> {
  const log = openSync(file, 'a')
  const failed = new Set<unknown>()
  const server = createServer((request, response) => {
    const { 'idempotency-key': executionId, 'carillon-attempt': attempt } = request.headers
    appendFileSync(log, `${JSON.stringify({ executionId, attempt: Number(attempt) })}\n`)
    fsyncSync(log)
    request.resume()
    const isFirst = request.url === '/flaky' && !failed.has(executionId)
    if (isFirst) failed.add(executionId)
    response.statusCode = isFirst ? 500 : 200
    if (request.url === '/slow') setTimeout(() => response.end('ok'), SLOW_MS)
    else response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    effects: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Effect),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
