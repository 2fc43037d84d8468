import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '#platform/clock'
import type { Database } from '#platform/database'
import { brokenLinks } from '#platform/event-store'
import { movedClock } from '#platform/testing'
import { catchingUp, created, openWorld, requested, runDry, send, told, type World } from './scheduler.fixture.ts'

const START = new Date('2026-11-23T10:00:00.500Z')
const JOBS = 300
const LATE_SECONDS = 40
const RIVAL = fileURLToPath(new URL('./rival.fixture.ts', import.meta.url))
const TOLD_TOPICS = ['job-execute', 'schedule-events'] as const

async function startRival(path: string): Promise<ChildProcess> {
  const rival = spawn(process.execPath, [RIVAL, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void rival.kill('SIGKILL'))
  await once(rival.stdout, 'data')
  return rival
}

async function countFires({ database }: World): Promise<number> {
  const row = await database.reader.get<{ fires: number }>('select count(*) as fires from occurrences')
  return row?.fires ?? 0
}

test('three processes share a backlog, one is killed amid it: each nominal time fires once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-rivals-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'scheduler.sqlite')
  const clock = systemClock()
  let keepsUp = false
  const world = await openWorld({ clock, path, mayFire: async () => keepsUp })
  onTestFinished(world.close)
  await world.scheduler.runOnce()
  const since = new Date(Date.now() - LATE_SECONDS * 1_000)
  const jobs = Array.from({ length: JOBS }, (_, index) => created(`job-${index}`, since, '@every 1s', catchingUp))
  await send(world, clock.turn, ...jobs)
  expect(await countFires(world)).toBe(0)

  const [victim] = await Promise.all([startRival(path), startRival(path)])
  await vi.waitUntil(async () => (await countFires(world)) > 1_000, { timeout: 10_000, interval: 1 })
  victim.kill('SIGKILL')
  keepsUp = true
  await world.scheduler.start()
  await vi.waitUntil(async () => (await countFires(world)) > JOBS * LATE_SECONDS, { timeout: 10_000, interval: 20 })

  const fired = await requested(world)
  expect(new Set(fired).size).toBe(fired.length)
  for (const { jobId } of jobs.slice(0, 20)) {
    const seconds = fired
      .filter((identity) => identity.startsWith(`${jobId} `))
      .map((identity) => Date.parse(identity.split(' ')[2] ?? ''))
    const first = Math.floor(since.getTime() / 1_000) * 1_000 + 1_000
    expect(seconds).toEqual(seconds.map((_, index) => first + index * 1_000))
    expect(await brokenLinks(world.database.reader, `schedule-${jobId}`)).toEqual([])
  }
  for (const topic of TOLD_TOPICS) {
    const last = new Map<string, number>()
    for (const { value, version, previous } of await told(world, topic)) {
      expect(previous).toBe(last.get(value.jobId) ?? 0)
      last.set(value.jobId, version)
    }
  }
}, 30_000)

type Plant = (database: Database) => Database

/** Reads due rows without holding them. */
const withoutClaims: Plant = (database) => ({
  ...database,
  async claim(query, work) {
    const rows = await database.reader.all(query.sql, query.params)
    return database.unit([], (unit) => work(unit, rows as never[]))
  },
})

/** Takes whatever its unique keys should refuse. */
const withoutKeys: Plant = (database) => ({
  ...database,
  claim: (query, work) =>
    database.claim(query, (unit, rows) =>
      work(
        { ...unit, insertMany: (table, columns, values) => unit.insertMany(table, columns, values, 'ignore') },
        rows as never[],
      ),
    ),
  unit: (keys, work) =>
    database.unit(keys, (unit) =>
      work({ ...unit, insertMany: (table, columns, values) => unit.insertMany(table, columns, values, 'ignore') }),
    ),
})

/** Two schedulers on one file, which look at the same moments. @returns what was requested more than once */
async function doublesOfTwo(plant: Plant): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-scheduler-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const clock = movedClock(START)
  const path = join(folder, 'scheduler.sqlite')
  const one = await openWorld({ clock, path, plant })
  const other = await openWorld({ clock, path, plant })
  onTestFinished(one.close)
  onTestFinished(other.close)
  await send(
    one,
    clock.settle,
    ...Array.from({ length: 40 }, (_, index) => created(`job-${index}`, START, '@every 1s')),
  )
  for (let second = 1; second <= 20; second++) {
    await clock.advance(1_000)
    await Promise.allSettled([one, other].map(({ scheduler }) => runDry(scheduler)))
  }
  await runDry(one.scheduler)
  const fired = await requested(one)
  expect(new Set(fired).size).toBe(40 * 20)
  return fired.filter((identity, index) => fired.indexOf(identity) !== index)
}

describe('two schedulers on one database', () => {
  test.each<[string, Plant]>([
    ['as they are', (database) => database],
    ['when claims hold nothing, by the unique keys', withoutClaims],
    ['when keys refuse nothing, by the claims', withoutKeys],
  ])('never fire one nominal time twice: %s', async (_name, plant) => {
    expect(await doublesOfTwo(plant)).toEqual([])
  })

  test('fire doubles when neither claims nor keys hold, and the check sees them', async () => {
    expect((await doublesOfTwo((database) => withoutClaims(withoutKeys(database)))).length).toBeGreaterThan(0)
  })
})
