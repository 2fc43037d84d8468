import { executionRequestedDefaults, topics } from '#avro'
import type { Caller } from '#platform/identity'
import type { OperatorRequest } from '#services/executions'
import type { Draw } from '../draw.ts'
import { CALM } from '../faults.ts'
import { schemas } from '../occurrences/schemas.ts'
import type { Running } from '../processes.ts'
import type { World } from '../world.ts'
import { drawScript, type Script, scripted } from './script.ts'

/** An execution that was asked for. */
export interface Requested extends Script {
  readonly id: string
}

/** What a history leaves behind beside its databases. */
export interface Attempted {
  readonly requested: readonly Requested[]
  /** From then on nothing failed any more. */
  readonly healedAtMs: number
}

interface Making {
  readonly world: World
  readonly draw: Draw
  readonly requested: Requested[]
  readonly newId: () => string
}

const HOUR_MS = 3_600_000
const BEYOND_LEASE_MS = 9_500
const EXECUTORS_MAX = 3
const REQUESTS_MAX = 18
const RECENT_MAX = 5
const LOOK_MS = 400
const REST_MS_MAX = 150_000
const REST_POLL_MS = 500
const STEPS = {
  request: 12,
  cancel: 9,
  decide: 3,
  kill: 5,
  desert: 1,
  freeze: 1,
  lose: 3,
  cutOff: 1,
  stop: 5,
  repair: 3,
}
const caller: Caller = {
  userId: 'somebody',
  username: 'u',
  sessionId: 's',
  workspaceIds: ['workspace'],
  expiresAt: new Date(8_640_000_000_000_000),
}

/**
 * Lets executions be asked for, run, cancelled and decided upon while executors live and die as a seed draws; then heals
 * everything and lets it come to rest.
 *
 * @throws {Error} when it does not come to rest
 */
export async function makeAttempts(world: World, draw: Draw): Promise<Attempted> {
  const { time } = world
  const { clock } = time.process({ name: 'people', seed: draw.int(0, 2 ** 31) })
  const making: Making = { world, draw, requested: [], newId: clock.newId }
  for (let count = draw.int(1, EXECUTORS_MAX); count > 0; count--) startOne(making)
  await time.advance(50)
  for (let count = draw.pick([2, 4, 10]); count > 0; count--) await request(making)
  const harshness = draw.pick([0, 0, 0.01, 0.04])
  world.setClimate({ unit: harshness, read: harshness / 2, slowBatch: harshness, batchAgain: harshness * 3 })
  for (let step = draw.int(16, 24); step > 0; step--) {
    await takeStep(making)
    await time.advance(draw.pick([0, 50, 300, 1_000, 2_500]))
  }
  return { requested: making.requested, healedAtMs: await heal(making) }
}

async function takeStep(making: Making): Promise<void> {
  const { draw, world } = making
  switch (draw.weighted(STEPS)) {
    case 'request':
      return request(making)
    case 'cancel':
      return cancel(making)
    case 'decide':
      return decideHeld(making)
    case 'kill':
      return kill(making)
    case 'desert':
      return desert(making)
    case 'freeze':
      return someone(making)?.process.freeze()
    case 'lose':
      return lose(making)
    case 'cutOff':
      return cutOff(making)
    case 'stop':
      if (draw.chance(0.5)) await cancelRunning(making)
      someone(making)?.stop()
      return restore(making)
    case 'repair':
      for (const each of world.alive('executor')) each.process.thaw()
      return restore(making)
  }
}

async function request({ world, draw, requested, newId }: Making): Promise<void> {
  if (requested.length === REQUESTS_MAX) return
  const { time, broker, trace } = world
  const one = { id: newId(), ...drawScript(draw) }
  requested.push(one)
  trace.push(`${time.nowMs()} asked for ${JSON.stringify(one)}`)
  const { schema } = topics['job-execute']
  const value = schemas.encode(schema, {
    ...executionRequestedDefaults,
    executionId: one.id,
    // None has to wait for another.
    jobId: `job-of-${one.id}`,
    workspaceId: 'workspace',
    jobVersion: 1,
    jobType: scripted.name,
    params: JSON.stringify({ steps: one.steps }),
    policy: JSON.stringify(one.policy),
    cause: 'schedule',
    scheduledFor: new Date(time.nowMs()),
    firedAt: new Date(time.nowMs()),
  })
  const record = { topic: 'job-execute', key: one.id, value: schemas.frame(schemas.idOf(schema), value), headers: {} }
  // The topic repeats itself.
  const times = draw.pick([1, 1, 2])
  await time.finish(broker.messaging.produce(Array.from({ length: times }, () => record)))
}

function cancel(making: Making): void {
  const { draw, requested } = making
  if (requested.length === 0) return
  const { id: executionId } = draw.pick(requested.slice(-RECENT_MAX))
  for (let times = draw.pick([1, 1, 2]); times > 0; times--) {
    ask(making, { kind: 'cancel', caller, executionId, reason: 'as drawn' })
  }
}

/** What runs is asked to end, and its executor is told meanwhile. */
async function cancelRunning(making: Making): Promise<void> {
  const { world } = making
  const sql = `select id from executions where status = 'RUNNING' order by id desc limit 3`
  for (const { id } of await world.time.finish(world.databases.executions.reader.all<{ id: string }>(sql))) {
    ask(making, { kind: 'cancel', caller, executionId: id, reason: 'as it stops' })
  }
  await world.time.advance(50)
}

/** People decide on what is held, sometimes two of them at once. */
async function decideHeld(making: Making): Promise<void> {
  const { world, draw } = making
  const sql = `select id from executions where status = 'HELD' order by id`
  for (const { id: executionId } of await world.time.finish(
    world.databases.executions.reader.all<{ id: string }>(sql),
  )) {
    for (let times = draw.pick([1, 2]); times > 0; times--) {
      if (draw.chance(0.7)) ask(making, { kind: 'release', caller, executionId })
      else ask(making, { kind: 'fail', caller, executionId, reason: 'as drawn' })
    }
  }
}

/** The answer comes in its time, or never. */
function ask(making: Making, wanted: OperatorRequest): void {
  const { trace, time } = making.world
  trace.push(`${time.nowMs()} ${JSON.stringify(wanted)}`)
  void someone(making)
    ?.operate()?.(wanted)
    .catch(() => undefined)
}

/** Somebody who works. */
function someone({ world, draw }: Making): Running | undefined {
  const all = world.alive('executor').filter(({ process, isStopped }) => process.state === 'running' && !isStopped())
  return all.length > 0 ? draw.pick(all) : undefined
}

function startOne({ world, draw }: Making): void {
  world.start('executor', draw.chance(0.3) ? draw.pick([HOUR_MS, -HOUR_MS]) : 0)
}

function restore(making: Making): void {
  const working = making.world.alive('executor').filter(({ isStopped }) => !isStopped())
  if (working.filter(({ process }) => process.state === 'running').length === 0) startOne(making)
}

function kill(making: Making): void {
  const { draw } = making
  const victim = someone(making)
  const how = draw.pick(['now', 'killed before commit', 'killed after commit'] as const)
  if (how === 'now') victim?.process.kill()
  else victim?.faults.arm(how)
  if (draw.chance(0.7)) restore(making)
}

/** Kills all of them, and somebody asks all the same. */
async function desert(making: Making): Promise<void> {
  const { world, draw } = making
  for (const { process } of world.alive('executor')) process.kill()
  await request(making)
  await world.time.advance(draw.int(500, 7_000))
  restore(making)
}

/** Freezes an executor, mostly until its lease is surely over, maybe with a result on its way, and lets it come back. */
async function lose(making: Making): Promise<void> {
  const { world, draw } = making
  const { time } = world
  const victim = someone(making)
  if (!victim) return
  if (draw.chance(0.8)) victim.faults.armFreeze()
  for (let waits = draw.int(1, 8); waits > 0 && victim.process.state === 'running'; waits--) await time.advance(LOOK_MS)
  victim.process.freeze()
  const frozenAtMs = time.nowMs()
  startOne(making)
  // It comes back while others run again what it ran, or when all is over.
  const waitsMax = draw.int(2, BEYOND_LEASE_MS / LOOK_MS + 8)
  for (let waits = 0; waits < waitsMax; waits++) {
    await time.advance(LOOK_MS)
    if ((await isTriedAgain(world, frozenAtMs)) && draw.chance(0.7)) break
  }
  victim.process.thaw()
}

/** Whether an attempt runs that is not the first of its execution, and began since. */
async function isTriedAgain({ time, databases }: World, sinceMs: number): Promise<boolean> {
  const sql = `select e.id from queue q join executions e on e.id = q.execution_id
    where e.status = 'RUNNING' and q.epoch > 1 and e.attempt_started_at > ? limit 1`
  return (await time.finish(databases.executions.reader.get(sql, [sinceMs]))) !== undefined
}

async function cutOff(making: Making): Promise<void> {
  const { world, draw } = making
  const victim = someone(making)
  victim?.faults.cutOff(true)
  await world.time.advance(draw.pick([500, 3_000, BEYOND_LEASE_MS + 2_000]))
  victim?.faults.cutOff(false)
}

/** @returns since when nothing fails */
async function heal(making: Making): Promise<number> {
  const { world } = making
  const { time } = world
  world.setClimate(CALM)
  for (const { process, faults } of world.running) {
    faults.heal()
    process.thaw()
  }
  restore(making)
  const healedAtMs = time.nowMs()
  for (let waitedMs = 0; !(await isAtRest(world)); waitedMs += REST_POLL_MS) {
    if (waitedMs > REST_MS_MAX) throw new Error(`it does not come to rest within ${REST_MS_MAX} ms`)
    await decideHeld(making)
    restore(making)
    await time.advance(REST_POLL_MS)
  }
  return healedAtMs
}

async function isAtRest({ time, databases, broker }: World): Promise<boolean> {
  if ((await time.finish(broker.messaging.lag('executions'))) > 0) return false
  const sql = 'select execution_id from queue limit 1'
  return (await time.finish(databases.executions.reader.all(sql))).length === 0
}
