import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { systemClock } from '#platform/clock'
import { temporaryMysql } from '#platform/testing'
import { catchingUp, created, openWorld, send } from '../scheduler/scheduler.fixture.ts'

const RIVAL = fileURLToPath(new URL('../scheduler/rival.fixture.ts', import.meta.url))
const JOBS = 500
const BACKLOG_SECONDS = 120
const DRAIN_MS_MAX = 300_000
const LOOK_MS = 100
const clock = systemClock()

/**
 * A backlog on MySQL that so many schedulers share, each a process of its own. What is measured begins when the last of
 * them is at work.
 *
 * @returns occurrences that were decided, committed and put into the outbox, each second
 */
export async function rivalsPerSecond(schedulers: number): Promise<number> {
  const server = await temporaryMysql(clock, 'scheduler')
  const rivals: ChildProcess[] = []
  const world = await openWorld({ clock, database: server.database, mayFire: async () => false })
  const count = async (): Promise<number> => {
    const row = await server.database.reader.get<{ fires: number }>('select count(*) as fires from occurrences')
    return Number(row?.fires ?? 0)
  }
  try {
    await world.scheduler.runOnce()
    const since = new Date(Date.now() - BACKLOG_SECONDS * 1_000)
    const jobs = Array.from({ length: JOBS }, (_, index) => created(`job-${index}`, since, '@every 1s', catchingUp))
    await send(world, clock.turn, ...jobs)
    for (let index = 0; index < schedulers; index++)
      rivals.push(spawn(process.execPath, [RIVAL, server.url], { stdio: ['ignore', 'pipe', 'inherit'] }))
    await Promise.all(rivals.map(({ stdout }) => stdout && once(stdout, 'data')))
    const [before, startedMs] = [await count(), performance.now()]
    for (;;) {
      await clock.sleep(LOOK_MS)
      const [now, tookMs] = [await count(), performance.now() - startedMs]
      if (now >= JOBS * BACKLOG_SECONDS) return ((now - before) / tookMs) * 1_000
      if (tookMs > DRAIN_MS_MAX) throw new Error(`only ${now} of ${JOBS * BACKLOG_SECONDS} were decided`)
    }
  } finally {
    for (const rival of rivals) rival.kill('SIGKILL')
    await world.scheduler.stop()
    await world.messaging.close()
    await server.drop()
  }
}
