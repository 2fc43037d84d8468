import { type TopicName, topics } from '#avro'
import type { ExecutionCommands } from '#executions'
import { type Database, openSqlite } from '#platform/database'
import { openEmbeddedMessaging } from '#platform/messaging'
import { type OutboxSource, openOutbox } from '#platform/outbox'
import type { Task } from '#services/executor'
import { type Draw, openDraw } from './draw.ts'
import { type Effects, openEffects } from './effects.ts'
import { CALM, type Climate, type Faults, openFaults } from './faults.ts'
import { faultyDatabase } from './faulty-database.ts'
import { type Broker, type Member, openBroker } from './faulty-messaging.ts'
import { type Committed, openObservation } from './occurrences/observation.ts'
import { schemas } from './occurrences/schemas.ts'
import { type Kind, type ProcessPorts, type Running, startProcess } from './processes.ts'
import { type SimulatedProcess, type SimulatedTime, simulatedTime } from './simulated-time.ts'

/** The databases of a simulation, which outlive every process. */
export type Databases = Readonly<Record<'jobs' | 'scheduler' | 'executions', Database>>

/** What a planted mutant puts in the place of the right parts. Each gets the right one. */
export interface Plant {
  /** Called once the tables are there. */
  readonly prepare?: (databases: Databases) => Promise<void>
  readonly database?: (database: Database, process: SimulatedProcess, kind: Kind, draw: Draw) => Database
  readonly messaging?: (messaging: Member, process: SimulatedProcess, kind: Kind) => Member
  readonly outbox?: (outbox: OutboxSource) => OutboxSource
  readonly commands?: (commands: ExecutionCommands, ports: ProcessPorts) => ExecutionCommands
  /** No mutants: what executors run beside the real tasks. */
  readonly tasks?: readonly Task[]
  /** No mutant: how long an executor that is stopped waits for its tasks. */
  readonly graceMs?: number
  /** No mutant: how many tasks an executor runs at a time. */
  readonly slots?: number
}

/** All that lives in a simulation. */
export interface World {
  readonly time: SimulatedTime
  readonly databases: Databases
  readonly broker: Broker
  readonly effects: Effects
  readonly running: readonly Running[]
  /** What schedulers took in and decided, in the order of the commits. */
  readonly committed: readonly Committed[]
  /** What was done and what failed, line by line: two runs of one seed tell the same. */
  readonly trace: string[]
  /** Those of a kind which are not dead. */
  alive(kind: Kind): readonly Running[]
  start(kind: Kind, aheadMs?: number): Running
  setClimate(climate: Climate): void
  close(): Promise<void>
}

// As executors have it when nobody says anything.
const GRACE_MS = 10_000
const SLOTS = 6
const START_MS = Date.parse('2026-11-23T09:58:30Z')
const DATABASE_OF = { jobs: 'jobs', scheduler: 'scheduler', executor: 'executions' } as const

/** Opens the databases and the broker. No process runs yet. */
export async function openWorld(seed: number, plant: Plant = {}): Promise<World> {
  const draw = openDraw(seed)
  const seedOf = (): number => draw.int(0, 2 ** 31)
  const time = simulatedTime(START_MS, seedOf())
  const ground = time.process({ name: 'ground', seed: seedOf() })
  const { clock } = ground
  const open = (name: string): Database => openSqlite({ name, path: ':memory:', clock })
  const databases: Databases = { jobs: open('jobs'), scheduler: open('scheduler'), executions: open('executions') }
  const messaging = await time.finish(openEmbeddedMessaging({ clock, schemas }))
  await time.finish(messaging.createTopics(Object.values(topics)))
  for (const { schema } of Object.values(topics)) await schemas.register(schema)
  const broker = openBroker(messaging, ({ name, topics: carried }) => {
    const outbox = openOutbox(databases[name as keyof Databases], carried as readonly TopicName[])
    return plant.outbox?.(outbox) ?? outbox
  })
  const effects = openEffects()
  const running: Running[] = []
  const committed: Committed[] = []
  const trace: string[] = []
  let climate = CALM

  function start(kind: Kind, aheadMs = 0): Running {
    const name = `${kind}-${running.length + 1}`
    const process = time.process({ name, seed: seedOf(), aheadMs })
    const tell = (what: string): void => void trace.push(`${time.nowMs()} ${name}: ${what}`)
    process.onState(tell)
    const faults: Faults = openFaults(openDraw(seedOf()), () => climate, tell)
    const observation = openObservation(committed)
    const shared = databases[DATABASE_OF[kind]]
    const raw = kind === 'scheduler' ? observation.of(shared) : shared
    const database = faultyDatabase(plant.database?.(raw, process, kind, openDraw(seedOf())) ?? raw, process, faults)
    const member = broker.memberOf(process, faults)
    tell(`started, ahead by ${aheadMs} ms`)
    const started = startProcess({
      kind,
      process,
      faults,
      database,
      messaging: plant.messaging?.(member, process, kind) ?? member,
      schemas,
      effects,
      observation,
      moreTasks: plant.tasks ?? [],
      graceMs: plant.graceMs ?? GRACE_MS,
      slots: plant.slots ?? SLOTS,
      plantCommands: plant.commands ?? ((commands) => commands),
    })
    running.push(started)
    return started
  }

  return {
    time,
    databases,
    broker,
    effects,
    running,
    committed,
    trace,
    alive: (kind) => running.filter((each) => each.kind === kind && each.process.state !== 'dead'),
    start,
    setClimate(next) {
      climate = next
    },
    async close() {
      for (const { process } of running) process.kill()
      await time.finish(Promise.all([messaging.close(), ...Object.values(databases).map((each) => each.close())]))
    },
  }
}
