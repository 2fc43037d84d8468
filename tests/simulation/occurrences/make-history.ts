import type { Draw } from '../draw.ts'
import { CALM } from '../faults.ts'
import type { Tempo } from './draw-timing.ts'
import { type JobsDesk, openJobsDesk } from './jobs-desk.ts'
import type { SchedulerProcess } from './scheduler-process.ts'
import type { WhenWorld } from './when-world.ts'
import { type Wishing, wish, wishForJob } from './wishes.ts'

/** A history in the making. */
interface Making extends Wishing {
  readonly world: WhenWorld
  readonly draw: Draw
  readonly tempo: Tempo
  readonly schedulers: number
}

const HOUR_MS = 3_600_000
const FIRES_MAX = 170
/** So old is the oldest record that was not sent when firing stops. */
const HELD_BACK_AFTER_MS = 5_000
const SUSPENDED_MS_MAX = 4_000
const WAIT_MS = 10_000
const WAITS_MAX = 60

/** Lets people, clocks and outages do what a seed draws, then heals everything and lets what is due be decided. */
export async function makeWhenHistory(world: WhenWorld, draw: Draw, tempo: Tempo): Promise<JobsDesk> {
  const desk = openJobsDesk(world)
  const making: Making = { world, desk, draw, tempo, nowMs: world.nowMs, schedulers: draw.int(1, 3) }
  await startMissing(making)
  for (let count = draw.int(1, 2); count > 0; count--) wishForJob(making)
  const harshness = draw.pick([0, 0, 0.02])
  world.setClimate({ ...CALM, unit: harshness, read: harshness / 2 })
  for (let steps = draw.int(10, 24); steps > 0 && (await fires(world)) < FIRES_MAX; steps--) {
    await STEPS[draw.weighted(WEIGHTS)](making)
    await pass(making, spanMs(making))
  }
  await heal(making)
  return desk
}

function spanMs({ draw, tempo }: Making): number {
  switch (draw.weighted({ none: 2, short: 4, long: 8, longer: 1 })) {
    case 'none':
      return 0
    case 'short':
      return draw.int(1, tempo.unitMs)
    case 'long':
      return draw.int(tempo.unitMs, 8 * tempo.unitMs)
    case 'longer':
      return draw.int(8 * tempo.unitMs, 24 * tempo.unitMs)
  }
}

/** Lets time pass; a pause that has an end is ended by the jobs service, soon after. */
async function pass({ world, desk, draw }: Making, durationMs: number): Promise<void> {
  await world.pass(durationMs)
  for (const job of desk.jobs.values()) {
    const { state, pausedUntilMs } = job
    if (state !== 'PAUSED' || pausedUntilMs === null || pausedUntilMs > world.nowMs() || draw.chance(0.3)) continue
    desk.resume(job, pausedUntilMs)
    await world.serve()
  }
}

const WEIGHTS = {
  wish: 40,
  outage: 7,
  stumble: 3,
  restart: 3,
  freeze: 3,
  suspend: 4,
  broker: 4,
  clock: 2,
  repair: 12,
  nothing: 5,
} as const

const STEPS: Readonly<Record<keyof typeof WEIGHTS, (making: Making) => void | Promise<void>>> = {
  wish,
  suspend,
  repair,
  outage({ world, draw }) {
    for (const { process } of world.processes) if (draw.chance(0.9)) process.kill()
  },
  /** One comes up, does a little of what it finds, and is gone again. */
  async stumble({ world, draw, tempo }) {
    for (const { process } of world.processes) process.kill()
    await world.pass(draw.int(1, 12) * tempo.unitMs)
    const started = await world.start()
    await world.post.deliver(world.time.nowMs())
    await started.roundOnce()
    started.process.kill()
  },
  async restart(making) {
    someone(making)?.process.kill()
    await startMissing(making)
  },
  freeze(making) {
    someone(making)?.process.freeze()
  },
  async broker(making) {
    making.world.post.isAway = true
    await pass(making, HELD_BACK_AFTER_MS)
    making.world.setHeldBack(true)
  },
  clock({ world, draw }) {
    world.stepClock(draw.pick([-HOUR_MS, HOUR_MS]))
  },
  nothing: () => undefined,
}

function someone({ world, draw }: Making): SchedulerProcess | undefined {
  const running = world.processes.filter(({ process }) => process.state === 'running')
  return running.length > 0 ? draw.pick(running) : undefined
}

/** Somebody stops dead in a unit. Nobody gets at the database until it is over; it ends well, or the server ends it. */
async function suspend(making: Making): Promise<void> {
  const { draw, world } = making
  const victim = someone(making)
  if (!victim) return
  victim.suspension.arm()
  await pass(making, spanMs(making))
  victim.suspension.disarm()
  if (!victim.suspension.isOpen()) return
  await world.pass(draw.int(1, SUSPENDED_MS_MAX))
  victim.suspension.end(draw.pick(['commit', 'roll back']))
  if (draw.chance(0.6)) victim.process.thaw()
  await world.serve()
}

async function startMissing({ world, draw, schedulers }: Making): Promise<void> {
  const there = world.processes.filter(({ process }) => process.state !== 'dead').length
  for (let count = there; count < schedulers; count++) await world.start(draw.chance(0.3) ? HOUR_MS : 0)
}

async function repair(making: Making): Promise<void> {
  const { world } = making
  for (const { process, suspension } of world.processes) {
    suspension.end('roll back')
    process.thaw()
  }
  world.post.isAway = false
  world.setHeldBack(false)
  await startMissing(making)
}

async function heal(making: Making): Promise<void> {
  const { world, tempo } = making
  world.setClimate(CALM)
  for (const { faults, suspension } of world.processes) {
    faults.heal()
    suspension.disarm()
  }
  await repair(making)
  await world.pass(2 * tempo.unitMs)
  // A backfill that was throttled waits until the clock is where it was.
  if (world.behindMs() > 0 && (await hasBackfills(world))) world.stepClock(world.behindMs())
  for (let waits = 0; world.post.nextSeenMs() !== null || (await hasBackfills(world)); waits++) {
    if (waits > WAITS_MAX) throw new Error('changes were not taken, or a backfill does not end')
    await world.pass(WAIT_MS)
  }
  const parked = await world.database.reader.all('select message from quarantine limit 1')
  if (parked.length > 0) throw new Error(`a change was parked: ${JSON.stringify(parked)}`)
}

async function hasBackfills({ database }: WhenWorld): Promise<boolean> {
  const rows = await database.reader.all('select job_id from timetable where backfills is not null limit 1')
  return rows.length > 0
}

async function fires({ database }: WhenWorld): Promise<number> {
  const row = await database.reader.get<{ n: number }>(`select count(*) as n from outbox where topic = 'job-execute'`)
  return row?.n ?? 0
}
