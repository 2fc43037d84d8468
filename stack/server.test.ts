import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { stackFolders } from './addresses.ts'
import { readStackConfig, StackError } from './config.ts'
import { commandLineOf } from './process-table.ts'
import {
  logFileOf,
  needFreePort,
  runningPid,
  type ServerProcess,
  startServer,
  stopServer,
  whenItAnswers,
} from './server.ts'

const clock = systemClock()
let directory: string
let server: ServerProcess

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stack-'))
  const folders = stackFolders(readStackConfig({ STACK_DIR: directory }))
  server = { name: 'sample', marker: join(directory, 'marker'), folders }
})
afterEach(async () => {
  await stopServer(server, clock)
  rmSync(directory, { recursive: true })
})

const start = (script: string) =>
  startServer(server, { command: process.execPath, args: ['-e', script, server.marker] })
const logged = async () => {
  const text = readFileSync(logFileOf(server), 'utf8')
  if (!text.includes('here')) throw new Error('not yet')
  return text
}

test('a server runs on its own, writes its log, and is stopped', async () => {
  const pid = start('console.log("here"); setInterval(() => {}, 1000)')
  expect(runningPid(server)).toBe(pid)
  expect(await whenItAnswers(server, { clock, limitMs: 10_000, ask: logged })).toBe('here\n')
  expect(await stopServer(server, clock)).toBe('stopped')
  expect(runningPid(server)).toBeUndefined()
  expect(await stopServer(server, clock)).toBeUndefined()
})

test('a stop ends when the process has, even if its pid file is gone before', async () => {
  const pid = start(
    'process.on("SIGTERM", () => setTimeout(process.exit, 300)); console.log("here"); setInterval(() => {}, 1000)',
  )
  await whenItAnswers(server, { clock, limitMs: 10_000, ask: logged })
  const stopping = stopServer(server, clock)
  rmSync(join(server.folders.run, 'sample.pid'))
  expect(await stopping).toBe('stopped')
  expect(commandLineOf(pid)).toBeUndefined()
})

test('a pid that belongs to another program by now is left alone', async () => {
  start('setInterval(() => {}, 1000)')
  const file = join(server.folders.run, 'sample.pid')
  const own = readFileSync(file, 'utf8')
  writeFileSync(file, String(process.pid))
  expect(runningPid(server)).toBeUndefined()
  expect(await stopServer(server, clock)).toBeUndefined()
  writeFileSync(file, own)
})

test('a server that dies at once is told of, with the end of its log', async () => {
  start('console.error("no room here"); process.exit(1)')
  const waiting = whenItAnswers(server, { clock, limitMs: 10_000, ask: () => Promise.reject(new Error('silent')) })
  await expect(waiting).rejects.toThrow(/sample ended by itself; .*sample\.log ends with:\nno room here/)
})

test('a server that never answers is told of when its time is over', async () => {
  start('setInterval(() => {}, 1000)')
  const waiting = whenItAnswers(server, { clock, limitMs: 200, ask: () => Promise.reject(new Error('silent')) })
  await expect(waiting).rejects.toThrow(/does not answer within 0.2 s/)
})

test('a port that is taken is named together with the variable that changes it', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(needFreePort(port, 'STACK_MYSQL_PORT')).rejects.toThrow(StackError)
  await expect(needFreePort(port, 'STACK_MYSQL_PORT')).rejects.toThrow(/Set STACK_MYSQL_PORT/)
  await new Promise((resolve) => other.close(resolve))
  await expect(needFreePort(port, 'STACK_MYSQL_PORT')).resolves.toBeUndefined()
})
