import type { ExecutionCommands, FinishedAttempt } from '#executions'
import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import type { Log } from '#platform/telemetry'
import type { RunningAttempt } from './running-attempt.ts'

/** What came of an attempt, on its way to the database. */
export interface Finished extends FinishedAttempt {
  readonly attempt: RunningAttempt
}

/** Writes results, all that come in one turn of the event loop in one unit. */
export interface ResultWriter {
  write(finished: Finished): void
  /** Ends when nothing waits to be written. */
  idle(): Promise<void>
}

/** What the writer stands on. */
export interface ResultWriterPorts {
  readonly executions: Pick<ExecutionCommands, 'finish'>
  readonly clock: Clock
  readonly log: Log
  /** Told of attempts that are over: written, or given up. */
  onWritten(finished: readonly Finished[]): void
}

const RESULTS_A_UNIT = 1_000
const TRIES_MAX = 20
const TRIES_WITH_RESULT_MAX = 5
const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 1_000

/** Opens the writer. While the database is away it tries again, as long as the executor holds its attempts. */
export function openResultWriter(ports: ResultWriterPorts): ResultWriter {
  const waiting: Finished[] = []
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      await ports.clock.turn()
      await writeBatch(ports, waiting.splice(0, RESULTS_A_UNIT))
    }
    running = undefined
  }

  return {
    write(finished) {
      waiting.push(finished)
      running ??= run()
    },
    async idle() {
      await running
    },
  }
}

async function writeBatch(ports: ResultWriterPorts, batch: readonly Finished[]): Promise<void> {
  failPoint('executor.before-result')
  await writeTogether(ports, batch, 1)
}

/**
 * One that cannot be written must not keep the others from it, so the batch is halved until it stands alone. After an
 * outage as few units as it took halvings make up for it.
 */
async function writeTogether(ports: ResultWriterPorts, batch: readonly Finished[], tries: number): Promise<void> {
  const error = await tryToWrite(ports, batch)
  if (!error) return
  ports.log.warn('executor.results_delayed', { attempts: batch.length, tries, err: error })
  const [only] = batch
  if (only && batch.length === 1) return writeAlone(ports, only)
  await ports.clock.sleep(retryMs(tries))
  const middle = Math.ceil(batch.length / 2)
  const halves = [batch.slice(0, middle), batch.slice(middle)]
  await Promise.all(halves.map((half) => writeTogether(ports, half, tries + 1)))
}

async function writeAlone(ports: ResultWriterPorts, finished: Finished): Promise<void> {
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    await ports.clock.sleep(retryMs(tries))
    let error = await tryToWrite(ports, [finished])
    // Only a result that fails where a plain failure can be written is at fault: an outage fails both.
    if (error && tries > TRIES_WITH_RESULT_MAX) error = await tryToWrite(ports, [withoutResult(finished)])
    if (!error) return
    ports.log.warn('executor.results_delayed', { executionId: finished.claim.execution.id, tries, err: error })
  }
  ports.log.error('executor.result_given_up', { executionId: finished.claim.execution.id })
  ports.onWritten([finished])
}

function retryMs(tries: number): number {
  return Math.min(RETRY_MS_MIN * 2 ** (tries - 1), RETRY_MS_MAX)
}

/** @returns what went wrong, or nothing */
async function tryToWrite(ports: ResultWriterPorts, batch: readonly Finished[]): Promise<unknown> {
  const held = batch.filter(({ attempt }) => attempt.phase !== 'dropped')
  if (held.length === 0) return undefined
  try {
    await ports.executions.finish(held)
    failPoint('executor.after-result')
    ports.onWritten(held)
    return undefined
  } catch (error) {
    return error ?? new Error('writing results failed')
  }
}

function withoutResult(finished: Finished): Finished {
  const error = { code: 'RESULT_NOT_WRITTEN', message: 'the result could not be written' }
  return { ...finished, outcome: { status: 'FAILED', error }, artefacts: [], log: [] }
}
