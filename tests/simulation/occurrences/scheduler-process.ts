import type { Database } from '#platform/database'
import type { Messaging } from '#platform/messaging'
import type { Schemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { type Decide, openScheduler } from '#services/scheduler'
import type { Draw } from '../draw.ts'
import { type Climate, type Faults, openFaults } from '../faults.ts'
import { faultyDatabase } from '../faulty-database.ts'
import type { SimulatedProcess, SimulatedTime } from '../simulated-time.ts'
import { type Suspension, suspendedDatabase } from './suspended-database.ts'

/** What came of a round: when to look again at the latest, in milliseconds, or nothing when it failed or hangs. */
export type Round = number | undefined

/** A scheduler that was started. */
export interface SchedulerProcess {
  readonly process: SimulatedProcess
  readonly faults: Faults
  readonly suspension: Suspension
  /** Rounds until nothing more is due. */
  round(): Promise<Round>
  /** One round, which may leave something due. */
  roundOnce(): Promise<Round>
}

/** What a scheduler stands on. */
export interface SchedulerProcessPorts {
  readonly time: SimulatedTime
  readonly process: SimulatedProcess
  readonly database: Database
  readonly messaging: Messaging
  readonly schemas: Schemas
  readonly draw: Draw
  readonly climate: () => Climate
  readonly mayFire: () => Promise<boolean>
  readonly told: (what: string) => void
  readonly decide: Decide
}

const ROUNDS_MAX = 2_000

/** Starts a scheduler whose rounds are driven. One that fails before it is open dies. */
export async function startScheduler(ports: SchedulerProcessPorts): Promise<SchedulerProcess> {
  const { time, process, schemas, messaging, draw, told, climate, mayFire, decide } = ports
  const faults = openFaults(draw, climate, (fault) => told(`${process.name}: ${fault}`))
  const { database: suspended, suspension } = suspendedDatabase(ports.database, process)
  const database = faultyDatabase(suspended, process, faults)
  const { clock } = process
  const log = silentLog()
  const opening = openScheduler({ database, messaging, schemas, clock, log, mayFire, decide }).then(async (opened) => {
    await opened.consume()
    return opened
  })
  const scheduler = await settled(time, opening)
  if (!scheduler) process.kill()

  async function oneRound(): Promise<true | Round> {
    if (process.state !== 'running' || !scheduler) return undefined
    return settled(time, scheduler.runOnce())
  }

  return {
    process,
    faults,
    suspension,
    async round() {
      for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
        const next = await oneRound()
        if (next !== true) return next
      }
      throw new Error('the rounds of a scheduler do not end')
    },
    async roundOnce() {
      const next = await oneRound()
      return next === true ? 0 : next
    },
  }
}

/** What comes of something at this moment; nothing when it fails, or does not end. */
async function settled<T>(time: SimulatedTime, work: Promise<T>): Promise<T | undefined> {
  let result: T | undefined
  work.then(
    (value) => {
      result = value
    },
    () => undefined,
  )
  await time.settle()
  return result
}
