import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '#platform/clock'
import { invariant, isDomainError } from '#platform/domain'
import { armFailPoint, crashes } from '#platform/fail-points'
import { openLog, openMetrics, startTracing } from '#platform/telemetry'
import type { OperatorRequest } from '#services/executions'
import { type Engine, openEngine } from './engine.ts'
import type { EngineStart, FromEngine, OperatorOutcome, ToEngine } from './engine-messages.ts'
import { type Ground, openGround } from './ground.ts'
import { version } from './version.ts'

// The engine's thread: fires and runs jobs beside the thread that answers people. What is thrown here ends the process.
const { dataDirectory, logLevel, failPoint, tracesEndpoint, instanceId, config } = workerData as EngineStart
const port = parentPort
invariant(port, 'the engine runs on a thread of its own')
if (failPoint) armFailPoint(failPoint.name, failPoint.hit, crashes[failPoint.crash])

const tell = (message: FromEngine): void => port.postMessage(message)
const log = openLog(logLevel).with({ thread: 'engine' })
const metrics = openMetrics({ ofProcess: false })
let stopTracing: (() => Promise<void>) | undefined
let ground: Ground | undefined
let engine: Engine | undefined

async function open(): Promise<void> {
  const clock = systemClock()
  stopTracing = await startTracing({
    ...{ endpoint: tracesEndpoint, service: 'carillon', instanceId, version, clock, log, metrics },
    counterName: 'carillon_engine_spans_total',
  })
  ground = await openGround({
    clock,
    log,
    fileOf: (name) => join(dataDirectory, name),
    messagingDirectory: join(dataDirectory, 'engine'),
    tell: (database) => tell({ kind: 'committed', database }),
  })
  engine = await openEngine(ground, config, metrics)
  tell({ kind: 'opened' })
}

async function stop(): Promise<void> {
  for (const { name, error } of (await ground?.stack.close()) ?? [])
    log.error('stop.failed', { part: name, err: error })
  await stopTracing?.()
  port?.close()
}

async function report(id: number): Promise<void> {
  try {
    const health = (await engine?.health()) ?? { lag: {}, databases: {} }
    const { text } = await metrics.expose()
    tell({ kind: 'reported', id, report: { ...health, metrics: text } })
  } catch (error) {
    log.warn('report.failed', { err: error })
    tell({ kind: 'reported', id, report: null })
  }
}

async function operate(id: number, request: OperatorRequest): Promise<void> {
  const outcome = await operated(request)
  tell({ kind: 'operated', id, outcome })
}

async function operated(request: OperatorRequest): Promise<OperatorOutcome> {
  try {
    return engine ? { answer: await engine.operate(request) } : null
  } catch (error) {
    if (isDomainError(error)) {
      const { code, message, details } = error
      return { refusal: { code, message, details } }
    }
    log.warn('operate.failed', { err: error })
    return null
  }
}

/** What keeps the engine from opening, or from stopping, is a bug or an outage that the whole process must end by. */
function fatal(error: unknown): never {
  throw error
}

port.on('message', (message: ToEngine) => {
  if (message.kind === 'committed') ground?.committed(message.database)
  else if (message.kind === 'open') open().catch(fatal)
  else if (message.kind === 'stop') stop().catch(fatal)
  else if (message.kind === 'prune')
    engine?.prune(message.before).catch((error) => log.warn('prune.failed', { err: error }))
  else if (message.kind === 'operate') void operate(message.id, message.request)
  else void report(message.id)
})
