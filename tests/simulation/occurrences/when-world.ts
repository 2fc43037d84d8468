import { topics } from '#avro'
import { type Database, openSqlite } from '#platform/database'
import { decide } from '#platform/timetable'
import type { Decide } from '#services/scheduler'
import { openDraw } from '../draw.ts'
import { CALM, type Climate } from '../faults.ts'
import { type SimulatedProcess, type SimulatedTime, simulatedTime } from '../simulated-time.ts'
import { type Committed, openObservation } from './observation.ts'
import { openPassing, type Passing, type Weather } from './passing.ts'
import { openPost, type Post } from './post.ts'
import { type SchedulerProcess, startScheduler } from './scheduler-process.ts'
import { schemas } from './schemas.ts'

/** What a planted mutant puts in the place of the right parts. Each gets the right one. */
export interface WhenPlant {
  readonly database?: (database: Database, process: SimulatedProcess) => Database
  readonly decide?: (decide: Decide) => Decide
}

/** How a world begins. */
export interface WhenWorldOptions {
  readonly seed: number
  readonly startMs: number
  /** A commit lets no job fire more often; what is left is for the next one. */
  readonly firesACommitMax?: number
  readonly plant?: WhenPlant
}

/** Schedulers, their database and the post, in a time that is moved. */
export interface WhenWorld extends Passing {
  readonly time: SimulatedTime
  readonly database: Database
  readonly post: Post
  readonly trace: string[]
  readonly committed: readonly Committed[]
  readonly processes: readonly SchedulerProcess[]
  setClimate(climate: Climate): void
  setHeldBack(isHeldBack: boolean): void
  start(aheadMs?: number): Promise<SchedulerProcess>
  close(): Promise<void>
}

/** Opens a world without schedulers. */
export async function openWhenWorld({ seed, startMs, plant = {}, ...options }: WhenWorldOptions): Promise<WhenWorld> {
  for (const { schema } of Object.values(topics)) await schemas.register(schema)
  const draw = openDraw(seed)
  const seedOf = (): number => draw.int(0, 2 ** 31)
  const time = simulatedTime(startMs, seedOf())
  const ground = time.process({ name: 'ground', seed: seedOf() })
  const weather: Weather = { steppedMs: 0, isHeldBack: false, climate: CALM }
  const trace: string[] = []
  const committed: Committed[] = []
  const processes: SchedulerProcess[] = []
  const nowMs = (): number => time.nowMs() + weather.steppedMs
  const told = (what: string): void => void trace.push(`${new Date(nowMs()).toISOString()} ${what}`)
  const clock = { ...ground.clock, now: () => new Date(nowMs()) }
  const database = openSqlite({ name: 'scheduler', path: ':memory:', clock })
  const post = openPost(time, openDraw(seedOf()), told)
  const passing = openPassing({ time, database, post, draw, processes, weather })
  const decideBy = limited(plant.decide?.(decide) ?? decide, options.firesACommitMax)

  return {
    ...passing,
    time,
    database,
    post,
    trace,
    committed,
    processes,
    stepClock(byMs) {
      passing.stepClock(byMs)
      told(`the clock steps by ${byMs} ms`)
    },
    setClimate(climate) {
      weather.climate = climate
    },
    setHeldBack(next) {
      if (next === weather.isHeldBack) return
      weather.isHeldBack = next
      told(next ? 'nothing may fire' : 'all may fire')
    },
    async start(aheadMs = 0) {
      const process = time.process({ name: `scheduler-${processes.length + 1}`, seed: seedOf(), aheadMs })
      process.onState((state) => told(`${process.name}: ${state}`))
      const observation = openObservation(committed)
      const observed = observation.of(database)
      const started = await startScheduler({
        time,
        process,
        database: plant.database?.(observed, process) ?? observed,
        messaging: post.memberOf(process),
        schemas,
        climate: () => weather.climate,
        told,
        mayFire: observation.mayFire(async () => !weather.isHeldBack),
        decide: decideBy,
        draw: openDraw(seedOf()),
      })
      processes.push(started)
      told(`${process.name} started, ${aheadMs} ms ahead`)
      return started
    },
    async close() {
      for (const { process, suspension } of processes) {
        suspension.end('roll back')
        process.kill()
      }
      await time.settle()
      await time.finish(database.close())
    },
  }
}

function limited(right: Decide, firesACommitMax = Number.POSITIVE_INFINITY): Decide {
  return (timetable, now, firesMax, fired) => right(timetable, now, Math.min(firesMax, firesACommitMax), fired)
}
