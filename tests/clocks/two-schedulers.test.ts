import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openSharedClock, systemClock } from '#platform/clock'
import { seeded } from '#platform/testing'
import { catchingUp, created, openWorld, requested, send, type World } from '../../scheduler/scheduler.fixture.ts'
import { SCALE } from './config.ts'
import { type DecidedRow, judged, LEDGER, punctual } from './ledger-rows.ts'

const RIVAL = fileURLToPath(new URL('../../scheduler/rival.fixture.ts', import.meta.url))
const JOBS = 100
const HOUR_MS = 3_600_000
// A freeze is longer than SQLite waits for a lock, and than any time-out of the scheduler.
const { rounds: ROUNDS, frozenMs: FROZEN_MS } = SCALE
const CALM_MS = 1_500

/** What the test plays with: two schedulers on one file, the second of which is an hour ahead. */
interface Scene {
  readonly world: World
  readonly path: string
  readonly rivals: ChildProcess[]
  /** The clock of the file. */
  now(): Date
}

const pass = (durationMs: number): Promise<void> => systemClock().sleep(durationMs)

async function startRival(path: string, aheadMs: number, ...more: string[]): Promise<ChildProcess> {
  const rival = spawn(process.execPath, [RIVAL, path, String(aheadMs), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void rival.kill('SIGKILL'))
  await once(rival.stdout, 'data')
  return rival
}

async function openScene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-two-schedulers-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'scheduler.sqlite')
  const rivals = [await startRival(path, 0), await startRival(path, HOUR_MS)]
  const clock = systemClock()
  const shared = openSharedClock({ path, own: clock })
  onTestFinished(() => shared.release())
  const databaseClock = { ...clock, now: () => shared.now() }
  // Brings the changes of jobs, and fires nothing itself.
  const world = await openWorld({ clock, databaseClock, path, mayFire: async () => false })
  onTestFinished(world.close)
  await world.scheduler.runOnce()
  return { world, path, rivals, now: () => shared.now() }
}

async function createJobs({ world, now }: Scene): Promise<Date> {
  const since = now()
  const jobs = Array.from({ length: JOBS }, (_, index) => created(`job-${index}`, since, '@every 1s', catchingUp))
  await send(world, systemClock().turn, ...jobs)
  return since
}

/** Freezes a process, but not while it holds the file: then nobody could write, whoever they are. */
async function freezeBetweenCommits(rival: ChildProcess, path: string): Promise<void> {
  for (;;) {
    rival.kill('SIGSTOP')
    const file = new DatabaseSync(path, { timeout: 500 })
    try {
      file.exec('begin immediate')
      file.exec('rollback')
      return
    } catch {
      rival.kill('SIGCONT')
      await pass(20)
    } finally {
      file.close()
    }
  }
}

const isFrozen = ({ pid }: ChildProcess): boolean => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

async function ledger({ world }: Scene): Promise<DecidedRow[]> {
  return world.database.reader.all<DecidedRow>(LEDGER)
}

/** Waits until all that is due has been decided, and looks at all of it. */
async function verdict(scene: Scene, since: Date) {
  const untilMs = Math.floor(scene.now().getTime() / 1_000) * 1_000
  await vi.waitUntil(async () => judged(await ledger(scene), since, untilMs).missing === 0, {
    timeout: 15_000,
    interval: 200,
  })
  const rows = await ledger(scene)
  const fired = await requested(scene.world)
  return { ...judged(rows, since, untilMs), doubled: fired.length - new Set(fired).size, rows }
}

test(
  'two schedulers on one database, one of them an hour ahead, killed and frozen at random: each nominal time fires once, none early, none 2 s late',
  async () => {
    const scene = await openScene()
    const { rivals, path } = scene
    const random = seeded(5)
    const since = await createJobs(scene)
    for (let round = 0; round < ROUNDS; round++) {
      await pass(CALM_MS * random())
      const index = Math.floor(random() * 2)
      const victim = rivals[index]
      if (!victim) throw new Error('no such rival')
      if (round % 2 === 0) {
        victim.kill('SIGKILL')
        rivals[index] = await startRival(path, index * HOUR_MS)
      } else {
        await freezeBetweenCommits(victim, path)
        await pass(FROZEN_MS)
        victim.kill('SIGCONT')
      }
    }
    await pass(CALM_MS)
    const { rows, ...found } = await verdict(scene, since)
    expect({ ...found, lateMsMax: punctual(found.lateMsMax) }).toEqual({
      missing: 0,
      doubled: 0,
      skipped: 0,
      early: [],
      lateMsMax: 'at most 2 s',
    })
    expect(rows.length).toBeGreaterThan(JOBS * 10)
  },
  60_000 + ROUNDS * FROZEN_MS,
)

test('a scheduler that is frozen amid a commit holds the file: it goes on with it, and what others decide meanwhile waits', async () => {
  const scene = await openScene()
  const since = await createJobs(scene)
  // Alone it comes to its fourth batch, however fast the others would be.
  for (const rival of scene.rivals) await freezeBetweenCommits(rival, scene.path)
  const third = await startRival(scene.path, 0, '4')
  await vi.waitUntil(() => isFrozen(third), { timeout: 15_000, interval: 5 })
  for (const rival of scene.rivals) rival.kill('SIGCONT')
  await pass(2_500)
  third.kill('SIGCONT')
  await pass(CALM_MS)
  const { rows: _, lateMsMax, ...found } = await verdict(scene, since)
  expect(found).toEqual({ missing: 0, doubled: 0, skipped: 0, early: [] })
  expect(lateMsMax).toBeLessThan(8_000)
}, 60_000)
