import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { dropStackSystem, startSystem } from '#platform/testing'

declare module 'vitest' {
  interface ProvidedContext {
    sharedUrl: string
    /** The page with all instances. */
    sharedDashboardUrl: string
  }
}

const ends: (() => Promise<void>)[] = []

/** One system for all files of a project that neither set nor end one: to start it takes as long as several of them. */
export async function setup(project: TestProject): Promise<void> {
  // This runs in no test's process, whose environment says the same.
  const onStack = project.name === 'e2e-stack'
  const folder = mkdtempSync(join(tmpdir(), 'carillon-e2e-'))
  const dataDirectory = join(folder, 'data')
  const dashboardPort = await freePort(onStack ? PORTS.triesMax : 0)
  const environment = { DASHBOARD_PORT: String(dashboardPort) }
  const system = await startSystem({ dataDirectory, onStack, environment })
  project.provide('sharedUrl', system.url)
  project.provide('sharedDashboardUrl', `http://127.0.0.1:${dashboardPort}`)
  ends.push(async () => {
    const code = await system.stop()
    if (onStack) await dropStackSystem(dataDirectory)
    rmSync(folder, { recursive: true, force: true })
    if (code !== 0) throw new Error(`the shared system ended with ${code}: ${system.output()}`)
  })
}

/** Ends it. @throws {Error} when it did not end in order */
export async function teardown(): Promise<void> {
  for (const end of ends.splice(0)) await end()
}

// Below those that the machine gives to connections: nothing takes one of these meanwhile.
const PORTS = { first: 20_000, count: 8_000, triesMax: 50 }

/** The dashboard says nowhere which port it took when it was given none. Projects that start at once begin apart. */
async function freePort(start: number): Promise<number> {
  for (let tries = 0; tries < PORTS.triesMax; tries++) {
    const port = PORTS.first + ((process.pid + start + tries) % PORTS.count)
    if (await isFree(port)) return port
  }
  throw new Error(`${PORTS.triesMax} ports are taken`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
