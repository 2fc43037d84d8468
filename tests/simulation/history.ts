import { type Client, openClient } from './client.ts'
import type { Draw } from './draw.ts'
import { drawSchedule } from './draw-schedule.ts'
import { CALM } from './faults.ts'
import type { Kind, Running } from './processes.ts'
import { isAtRest } from './rest.ts'
import type { World } from './world.ts'

/** How long a history is. */
export interface HistoryOptions {
  /** Default: 24 to 40, as drawn. */
  readonly steps?: number
}

const HOUR_MS = 3_600_000
/** An executor that is not heard of for so long is surely lost. */
const BEYOND_LEASE_MS = 9_500
const KINDS: readonly Kind[] = ['jobs', 'scheduler', 'executor']
const WANTED_MAX: Readonly<Record<Kind, number>> = { jobs: 1, scheduler: 2, executor: 3 }
const FREEZE_WAIT_MS = 200
const FREEZE_WAITS_MAX = 15
const REST_MS_MAX = 120_000
const REST_POLL_MS = 500

/** A history in the making. */
interface Making {
  readonly world: World
  readonly client: Client
  readonly draw: Draw
  readonly wanted: Readonly<Record<Kind, number>>
}

/**
 * Lets people and faults do what a seed draws, then heals everything, archives what would fire for ever, and lets it come
 * to rest.
 *
 * @throws {Error} when it does not come to rest
 */
export async function makeHistory(world: World, draw: Draw, { steps = draw.int(24, 40) }: HistoryOptions = {}) {
  const { time } = world
  const client = openClient(world)
  const wanted = { jobs: 1, scheduler: draw.int(1, WANTED_MAX.scheduler), executor: draw.int(1, WANTED_MAX.executor) }
  const making: Making = { world, client, draw, wanted }
  for (const kind of KINDS) for (let count = 0; count < wanted[kind]; count++) startOne(making, kind)
  await time.advance(50)
  for (let count = draw.int(2, 4); count > 0; count--) create(making)

  const harshness = draw.pick([0, 0.01, 0.04])
  world.setClimate({ unit: harshness, read: harshness / 2, slowBatch: harshness * 2, batchAgain: harshness * 3 })
  for (let step = 0; step < steps; step++) {
    await takeStep(making)
    await time.advance(spanMs(draw))
    await checkNothingEarly(world)
  }
  await heal(making)
  return client
}

function spanMs(draw: Draw): number {
  switch (draw.weighted({ none: 3, short: 4, long: 8, longer: 1 })) {
    case 'none':
      return 0
    case 'short':
      return draw.int(1, 300)
    case 'long':
      return draw.int(300, 2_500)
    case 'longer':
      return draw.int(2_500, 7_000)
  }
}

async function takeStep(making: Making): Promise<void> {
  const { draw, world } = making
  switch (draw.weighted({ wish: 60, kill: 10, freeze: 5, lose: 4, cutOff: 3, stop: 3, rejoin: 8, repair: 10 })) {
    case 'wish':
      return wish(making)
    case 'kill':
      return kill(making)
    case 'freeze':
      return someone(making)?.process.freeze()
    case 'lose':
      return loseExecutor(making)
    case 'cutOff':
      return cutOff(making)
    case 'stop':
      return someone(making, draw.pick(['scheduler', 'executor']))?.stop()
    case 'rejoin':
      return void someone(making)?.messaging.rejoin({ fromBeginning: draw.chance(0.4) })
    case 'repair':
      for (const kind of KINDS) for (const each of world.alive(kind)) each.process.thaw()
      return restore(making)
  }
}

function create({ draw, client, world }: Making): void {
  const schedule = drawSchedule(draw, world.time.nowMs())
  client.ask({ type: 'create', schedule, ...drawTask(draw), ...drawTiming(draw) })
}

function wish(making: Making): void {
  const { draw, client, world } = making
  const jobs = [...client.known.keys()]
  const type =
    jobs.length === 0 ? 'create' : draw.weighted({ create: 5, update: 4, pause: 2, resume: 3, archive: 1, trigger: 4 })
  if (type === 'create') {
    create(making)
    return
  }
  const jobId = draw.pick(jobs)
  if (type === 'update') {
    const change = draw.chance(0.8) ? { schedule: drawSchedule(draw, world.time.nowMs()) } : drawParams(draw)
    return void client.ask({ type, jobId, ...change })
  }
  if (type === 'pause') return void client.ask({ type, jobId, ...drawPause(draw, world.time.nowMs()) })
  if (type !== 'trigger') return void client.ask({ type, jobId })
  const trigger = { type, jobId, key: `k${draw.int(0, 5)}` } as const
  // Clients repeat themselves, also at once.
  for (let times = draw.pick([1, 1, 2, 3]); times > 0; times--) client.ask(trigger)
}

/** What becomes of fires that are missed, and when they count as missed. */
function drawTiming(draw: Draw) {
  return {
    catchup: draw.pick(['LAST', 'LAST', 'ALL', 'NONE'] as const),
    catchupMax: draw.pick([2, 100]),
    lateAfter: draw.pick([1_000, 5_000]),
    jitter: draw.chance(0.2) ? 700 : 0,
  }
}

/** Some pauses end by themselves, soon. */
function drawPause(draw: Draw, nowMs: number) {
  return draw.chance(0.4) ? { note: 'for a while', until: new Date(nowMs + draw.int(1_000, 6_000)) } : {}
}

function drawTask(draw: Draw) {
  if (draw.chance(0.4)) return { jobType: 'SLEEP', params: { durationMs: draw.pick([50, 700, 3_000, 9_000]) } }
  return { jobType: 'ECHO', ...drawParams(draw) }
}

/** For an ECHO; a SLEEP refuses them. */
function drawParams(draw: Draw) {
  return { params: draw.pick([{}, { message: `m${draw.int(0, 9)}` }, { fail: true }, { errorCode: 'ON_PURPOSE' }]) }
}

/** Somebody who works. */
function someone({ world, draw }: Making, kind: Kind = draw.pick(KINDS)): Running | undefined {
  const all = world.alive(kind).filter(({ process, isStopped }) => process.state === 'running' && !isStopped())
  return all.length > 0 ? draw.pick(all) : undefined
}

function startOne({ world, draw }: Making, kind: Kind): void {
  world.start(kind, kind !== 'jobs' && draw.chance(0.25) ? draw.pick([HOUR_MS, -HOUR_MS]) : 0)
}

/** Starts what is missing. Who is frozen may come back and is not missed, mostly. */
function restore(making: Making): void {
  const { world, draw, wanted } = making
  for (const kind of KINDS) {
    const working = world.alive(kind).filter(({ isStopped }) => !isStopped())
    const there = working.filter(({ process }) => process.state === 'running' || draw.chance(0.7)).length
    for (let count = there; count < wanted[kind]; count++) startOne(making, kind)
  }
}

function kill(making: Making): void {
  const { draw } = making
  const victim = someone(making)
  const how = draw.pick(['now', 'killed before commit', 'killed after commit'] as const)
  if (how === 'now') victim?.process.kill()
  else victim?.faults.arm(how)
  if (draw.chance(0.6)) restore(making)
}

/** Freezes an executor until its lease is surely over, maybe with a result on its way, and lets it come back. */
async function loseExecutor(making: Making): Promise<void> {
  const { world, draw } = making
  const victim = someone(making, 'executor')
  if (!victim) return
  if (draw.chance(0.5)) victim.process.freeze()
  else victim.faults.armFreeze()
  for (let waits = 0; waits < FREEZE_WAITS_MAX && victim.process.state === 'running'; waits++) {
    await world.time.advance(FREEZE_WAIT_MS)
  }
  if (draw.chance(0.8)) restore(making)
  await world.time.advance(BEYOND_LEASE_MS + draw.int(0, 3_000))
  victim.process.thaw()
}

/** Cuts somebody off from the database for a while. */
async function cutOff(making: Making): Promise<void> {
  const { world, draw } = making
  const victim = someone(making, draw.pick(['scheduler', 'executor', 'executor']))
  victim?.faults.cutOff(true)
  await world.time.advance(draw.pick([500, 3_000, BEYOND_LEASE_MS + 2_000]))
  victim?.faults.cutOff(false)
}

/** Ends every fault, and what would fire for ever. */
async function heal(making: Making): Promise<void> {
  const { world, client, draw } = making
  const { time } = world
  world.setClimate(CALM)
  for (const { process, faults } of world.running) {
    faults.heal()
    process.thaw()
  }
  await time.advance(100)
  restore(making)
  await time.advance(draw.int(100, 4_000))
  for (const jobId of client.known.keys()) if (draw.chance(0.6)) client.ask({ type: 'archive', jobId })
  for (let waitedMs = 0; !(await isAtRest(world)); waitedMs += REST_POLL_MS) {
    if (waitedMs > REST_MS_MAX) throw new Error(`it does not come to rest within ${REST_MS_MAX} ms`)
    await archiveEndless(world, client)
    await time.advance(REST_POLL_MS)
    await checkNothingEarly(world)
  }
}

/** Also of jobs whose clients never heard that they were created. */
async function archiveEndless({ time, databases }: World, client: Client): Promise<void> {
  const endless = await time.finish(
    databases.jobs.reader.all<{ id: string; workspace_id: string }>(
      `select id, workspace_id from jobs where state = 'ACTIVE'
       and schedule not like '@at%' and schedule not in ('@now', '@manually') order by id`,
    ),
  )
  for (const { id, workspace_id } of endless) client.ask({ type: 'archive', jobId: id }, workspace_id)
}

/** @throws {Error} when something fired before its time */
async function checkNothingEarly({ time, databases }: World): Promise<void> {
  const sql = 'select job_id, nominal_at from occurrences where nominal_at > ? limit 1'
  const early = await time.finish(
    databases.scheduler.reader.get<{ job_id: string; nominal_at: number }>(sql, [time.nowMs()]),
  )
  if (early) throw new Error(`${early.job_id} fired ${early.nominal_at - time.nowMs()} ms early`)
}
