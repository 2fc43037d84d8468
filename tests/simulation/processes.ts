import type { ExecutionCommands } from '#executions'
import type { Database } from '#platform/database'
import type { Schemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { type Operate, openExecutions } from '#services/executions'
import { checkParams, jobTypes, openExecutor, openTaskWorkers, type Task, taskNamed } from '#services/executor'
import { type JobsParts, openJobs } from '#services/jobs'
import { openScheduler } from '#services/scheduler'
import { type Effects, observedCommands, observedTasks } from './effects.ts'
import type { Faults } from './faults.ts'
import type { Member } from './faulty-messaging.ts'
import type { Observation } from './occurrences/observation.ts'
import type { SimulatedProcess } from './simulated-time.ts'

/** What a process can be. An executor brings the executions context with it: several of them are one context. */
export type Kind = 'jobs' | 'scheduler' | 'executor'

/** What a process stands on. */
export interface ProcessPorts {
  readonly kind: Kind
  readonly process: SimulatedProcess
  readonly faults: Faults
  readonly database: Database
  readonly messaging: Member
  readonly schemas: Schemas
  readonly effects: Effects
  /** Of a scheduler. */
  readonly observation: Observation
  /** Puts broken commands in the place of the right ones. */
  readonly plantCommands: (commands: ExecutionCommands, ports: ProcessPorts) => ExecutionCommands
  /** What an executor runs beside the real tasks. */
  readonly moreTasks: readonly Task[]
  /** How long one that is stopped waits for its tasks. */
  readonly graceMs: number
  /** How many tasks one runs at a time. */
  readonly slots: number
}

/** A process that was started. */
export interface Running extends ProcessPorts {
  /** What commands on jobs work with; none before the process is open, and none but jobs has them. */
  parts(): JobsParts | undefined
  /** What people ask of executions; of an executor that is open. */
  operate(): Operate | undefined
  /** Lets it end in order. A process that is stopped takes nothing new. */
  stop(): void
  isStopped(): boolean
}

const verifier = {
  verify: () => Promise.reject(new Error('there are no tokens here')),
  onRevoked: () => () => undefined,
  revoke: () => undefined,
}
const log = silentLog()
// As the runtime has it.
const INTAKE_DELAY_MS_MAX = 5_000

/** Starts a process. One that fails before it is open dies, as its operator would see. */
export function startProcess(ports: ProcessPorts): Running {
  const { process, kind } = ports
  let opened: Opened | undefined
  let isStopped = false
  const opening = OPEN[kind](ports).then((result) => {
    opened = result
  })
  opening.catch(() => process.kill())
  return {
    ...ports,
    parts: () => (process.state === 'running' && !isStopped ? opened?.parts : undefined),
    operate: () => (process.state === 'running' && !isStopped ? opened?.operate : undefined),
    isStopped: () => isStopped,
    stop() {
      if (isStopped) return
      isStopped = true
      void opening
        .then(() => opened?.stop())
        .then(
          () => process.kill(),
          () => process.kill(),
        )
    },
  }
}

interface Opened {
  readonly parts?: JobsParts
  readonly operate?: Operate
  stop(): Promise<void>
}

const OPEN: Readonly<Record<Kind, (ports: ProcessPorts) => Promise<Opened>>> = {
  async jobs({ database, messaging, schemas, process: { clock } }) {
    const types = { names: jobTypes.map(({ name }) => name), describe: () => jobTypes, checkParams }
    const jobs = await openJobs({ database, messaging, schemas, clock, log, verifier, jobTypes: types })
    await jobs.start()
    return { parts: jobs.parts, stop: () => jobs.stop() }
  },

  async scheduler({ database, messaging, schemas, observation, process: { clock } }) {
    const keepUp = async (): Promise<boolean> => (await messaging.delayMs('executions')) <= INTAKE_DELAY_MS_MAX
    const mayFire = observation.mayFire(keepUp)
    const scheduler = await openScheduler({ database, messaging, schemas, clock, log, mayFire })
    await scheduler.start()
    return { stop: () => scheduler.stop() }
  },

  async executor(ports) {
    const { database, messaging, schemas, process, effects, plantCommands, moreTasks, graceMs, slots } = ports
    const { clock } = process
    const executions = await openExecutions({ database, messaging, schemas, clock, log, placeOf: () => 'loop' })
    const { runTask } = openTaskWorkers({ clock })
    const commands = plantCommands(executions.commands, ports)
    const named = (name: string): Task | undefined => moreTasks.find((task) => task.name === name) ?? taskNamed(name)
    const executor = openExecutor({
      executions: observedCommands(commands, ports),
      clock,
      log,
      tasks: { taskNamed: named, runTask: observedTasks(runTask, process, effects) },
      httpPolicy: { allowPrivate: false },
      capacity: { loop: slots, worker: 1 },
      graceMs,
    })
    await executor.start()
    await executions.start()
    return {
      operate: commands.operate,
      async stop() {
        await executor.stop()
        await executions.stop()
      },
    }
  },
}
