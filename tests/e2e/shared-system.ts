import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { dropStackSystem, startSystem } from '#platform/testing'

declare module 'vitest' {
  interface ProvidedContext {
    sharedUrl: string
  }
}

const ends: (() => Promise<void>)[] = []

/** One system for all files of a project that neither set nor end one: to start it takes as long as several of them. */
export async function setup(project: TestProject): Promise<void> {
  // This runs in no test's process, whose environment says the same.
  const onStack = project.name === 'e2e-stack'
  const folder = mkdtempSync(join(tmpdir(), 'carillon-e2e-'))
  const dataDirectory = join(folder, 'data')
  const system = await startSystem({ dataDirectory, onStack })
  project.provide('sharedUrl', system.url)
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
