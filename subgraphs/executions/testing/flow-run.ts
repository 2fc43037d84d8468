import type { AttemptOutcome, Claim } from '#executions'
import type { Database } from '#platform/database'
import { movedClock, seeded } from '#platform/testing'
import { type FlowConfig, OPEN_FLOW } from '../commands/flow-config.ts'
import { openWorld, request, type World } from '../executions.fixture.ts'
import { checkLimits, EVENTS_IN_ORDER, loggedEventOf } from './check-limits.ts'

/** What came of a run. */
export interface FlowRun {
  /** Limits that were exceeded. */
  readonly findings: readonly string[]
  /** What was left although nothing was open any more, by table. */
  readonly left: readonly string[]
  readonly attempts: number
  /** Executions that a limit held at some time. */
  readonly held: number
}

/** An executor as the others see it: what it was given, and whether it still lives. */
interface Holder {
  readonly id: string
  readonly claims: Map<string, Claim>
}

const START = new Date('2026-12-01T09:00:00Z')
const EXECUTORS = 3
const STEPS = 180
const DRAIN_STEPS_MAX = 900
const RUN_LIMITS: FlowConfig = {
  ...OPEN_FLOW,
  concurrencyMax: 14,
  concurrencyMaxOfType: new Map([['ECHO', 4]]),
}
const PLACES = ['loop', 'worker'] as const
const CALLER = {
  ...{ userId: 'u', username: 'u', sessionId: 's', expiresAt: new Date(8_640_000_000_000_000) },
  workspaceIds: ['workspace-1', 'workspace-2'],
}
const OVERLAPS = ['ALLOW_ALL', 'ALLOW_ALL', 'ALLOW_ALL', 'ALLOW_ALL', 'BUFFER_ALL']
const POLICIES = [
  {},
  { priority: 9 },
  { concurrencyMax: 2 },
  { concurrencyKey: 'params.customer', concurrencyMax: 3 },
  { concurrencyKey: 'params.customer', concurrencyMax: 1, attemptsMax: 3 },
  { concurrencyKey: 'params.region', rate: { perMinute: 60, burst: 2 }, attemptsMax: 2 },
  { concurrencyKey: 'params.region', rate: { perMinute: 60, burst: 2 }, scheduleToStartMs: 4_000, priority: 2 },
]

/** What may happen in a run. */
interface Scene {
  readonly world: World
  readonly holders: readonly Holder[]
  readonly random: () => number
  ask(): Promise<void>
  claimSome(holder: Holder): Promise<void>
  finishSome(holder: Holder): Promise<void>
  die(holder: Holder): Promise<void>
  cancelOne(): Promise<void>
  tick(ms: number): Promise<void>
}

/**
 * Three executors on one database, which take, finish, fail and die as the seed says, while executions of all kinds come in,
 * expire and are cancelled. Afterwards all of it is let run out.
 */
export async function flowRun(
  seed: number,
  plant: (database: Database) => Database = (same) => same,
): Promise<FlowRun> {
  const scene = await openScene(seed, plant)
  const { world, holders, random } = scene
  const held = new Set<string>()
  for (let step = 0; step < STEPS; step++) {
    await happen(scene)
    for (const { execution_id } of await waits(world)) held.add(execution_id)
  }
  for (let step = 0; step < DRAIN_STEPS_MAX && (await open(world)) > 0; step++) {
    const holder = holders[step % holders.length] as Holder
    await scene.claimSome(holder)
    await scene.finishSome(holder)
    if (step % holders.length === 0) await scene.tick(1_000 * random())
  }
  const events = await world.database.reader.all<{ stream: string; payload: string }>(EVENTS_IN_ORDER)
  const logged = events.map(loggedEventOf)
  const left = await leftOvers(world)
  await world.close()
  const attempts = logged.filter(({ event }) => event.type === 'AttemptStarted').length
  return { findings: checkLimits(logged, RUN_LIMITS), left, attempts, held: held.size }
}

async function happen(scene: Scene): Promise<void> {
  const { random, holders } = scene
  const holder = holders[Math.floor(random() * holders.length)] as Holder
  const chance = random()
  if (chance < 0.2) return scene.ask()
  if (chance < 0.5) return scene.claimSome(holder)
  if (chance < 0.75) return scene.finishSome(holder)
  if (chance < 0.8) return scene.die(holder)
  if (chance < 0.83) return scene.cancelOne()
  return scene.tick(1_500 * random())
}

async function openScene(seed: number, plant: (database: Database) => Database): Promise<Scene> {
  const random = seeded(seed)
  const clock = movedClock(START, seed)
  const world = await openWorld({ clock, flow: RUN_LIMITS, plant })
  const { commands } = world.executions
  const holders: Holder[] = []
  const below = (count: number): number => Math.floor(random() * count)
  const pick = <T>(some: readonly T[]): T => some[below(some.length)] as T
  const hold = (holder: Holder, claims: readonly Claim[]): void => {
    for (const claim of claims) holder.claims.set(claim.execution.id, claim)
  }
  const join = async (): Promise<void> => {
    const holder = { id: clock.newId(), claims: new Map<string, Claim>() }
    await commands.register(holder.id)
    holders.push(holder)
  }
  for (let count = 0; count < EXECUTORS; count++) await join()
  await world.executions.start()
  // One of them takes what comes at once, as long as it lives.
  const local = holders[0] as Holder
  const hooks = { wake: () => undefined, look: () => undefined, freeSlots: () => (holders.includes(local) ? 2 : 0) }
  commands.connect({ ...hooks, id: () => local.id, start: (claims) => hold(local, claims) })

  async function finishSome(holder: Holder): Promise<void> {
    const some = [...holder.claims.values()].filter(() => random() < 0.5)
    await commands.finish(some.map((claim) => ({ claim, outcome: outcome(random), artefacts: [], log: [] })))
    for (const { execution } of some) holder.claims.delete(execution.id)
  }

  return {
    ...{ world, holders, random, finishSome },
    async ask() {
      await request(world, ...Array.from({ length: 1 + below(12) }, () => wanted(pick)))
      await clock.settle()
    },
    async claimSome(holder) {
      for (const place of PLACES) hold(holder, await commands.claim(holder.id, place, 1 + below(8)))
    },
    async die(holder) {
      holders.splice(holders.indexOf(holder), 1)
      await commands.declareLost(holder.id)
      // What a frozen process writes when it comes back is refused.
      if (random() < 0.5) await finishSome(holder)
      await join()
    },
    async cancelOne() {
      const { reader } = world.database
      const sql = 'select id from executions where finished_at is null order by id limit 1 offset ?'
      const row = await reader.get<{ id: string }>(sql, [below(9)])
      if (!row) return
      await commands.operate({ kind: 'cancel', caller: CALLER, executionId: row.id, reason: '' })
    },
    async tick(ms) {
      await clock.advance(ms)
      await commands.fireTimers()
      await commands.repairFlow()
    },
  }
}

function wanted(pick: <T>(some: readonly T[]) => T): Parameters<typeof request>[1] {
  return {
    jobId: pick(['job-1', 'job-2', 'job-3', 'job-4']),
    workspaceId: pick(CALLER.workspaceIds),
    jobType: pick(['ECHO', 'SLEEP', 'REPORT']),
    params: JSON.stringify({ customer: pick(['a', 'b', null]), region: pick([1, 2]) }),
    policy: JSON.stringify({ overlap: pick(OVERLAPS), ...pick(POLICIES) }),
  }
}

function outcome(random: () => number): AttemptOutcome {
  if (random() < 0.7) return { status: 'SUCCEEDED', result: '1' }
  return { status: 'FAILED', error: { code: 'NO', message: 'no' } }
}

const waits = ({ database }: World): Promise<{ execution_id: string }[]> =>
  database.reader.all(`select execution_id from flow_waits where kind <> 'WOKEN'`)

const open = async ({ database }: World): Promise<number> =>
  (await database.reader.all('select execution_id from queue')).length

async function leftOvers({ database }: World): Promise<readonly string[]> {
  const left: string[] = []
  for (const table of ['queue', 'flow_waits', `slots where execution_id <> ''`]) {
    const rows = await database.reader.all(`select * from ${table}`)
    for (const row of rows) left.push(`${table}: ${JSON.stringify(row)}`)
  }
  return left
}
