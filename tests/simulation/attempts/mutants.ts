import type { Claim, ExecutionCommands, FinishedAttempt } from '#executions'
import type { Database } from '#platform/database'
import { fireTimers } from '../../../subgraphs/executions/commands/fire-timers.ts'
import { OPEN_FLOW } from '../../../subgraphs/executions/commands/flow-config.ts'
import { byOwnClock } from '../mutants.ts'
import type { ProcessPorts } from '../processes.ts'
import type { Plant } from '../world.ts'

/** Broken engines, each with one right part replaced. Every one must be found. */
export const attemptMutants: Readonly<Record<string, Plant>> = {
  'a retry after a failure that is final': results((each) => failing(each, { code: 'SOMETIMES', isFinal: false })),
  'a back-off without a ceiling': results((each) => withPolicy(each, { backoffMsMax: Number.MAX_SAFE_INTEGER })),
  'attempts without a limit': results((each) => withPolicy(each, { attemptsMax: 1_000 })),
  'a wait that the task asked for, and nobody keeps to': results((each) => failing(each, { retryAfterMs: null })),
  'a result of a stale epoch that is taken for the latest': {
    commands: (commands, { database }) => ({
      ...commands,
      finish: async (finished) => commands.finish(await Promise.all(finished.map((each) => asLatest(database, each)))),
    }),
  },
  'timers that are judged by the clock of a process': {
    commands: (commands, ports) => ({ ...commands, fireTimers: () => fireTimers(byItself(ports)) }),
  },
  'timers that are dropped when an executor starts': registering('update queue set timer_at = null'),
  'signs of life that are acknowledged and not written down': {
    commands: (commands) => ({ ...commands, heartbeat: async () => undefined }),
  },
  'a cancellation that is lost when an executor hands over': losing(
    'update executions set cancellation = null where id in (select execution_id from queue where executor_id = ?)',
  ),
  'a loss after which everything is tried again, whatever its job says': losing(
    'update executions set policy = null where id in (select execution_id from queue where executor_id = ?)',
  ),
  'a release that is done twice': {
    commands: (commands, { database }) => ({
      ...commands,
      async operate(request) {
        const answer = await commands.operate(request)
        if (request.kind !== 'release') return answer
        // As if it had been read before the first one: nothing has started it since.
        const again = `update executions set status = 'HELD' where id = ? and status = 'QUEUED'`
        await database.unit([], (unit) => unit.run(again, [request.executionId]))
        return commands.operate(request)
      },
    }),
  },
}

function results(change: (finished: FinishedAttempt) => FinishedAttempt): Plant {
  return {
    commands: (commands) => ({ ...commands, finish: (finished) => commands.finish(finished.map(change)) }),
  }
}

function failing(finished: FinishedAttempt, hints: object): FinishedAttempt {
  const { outcome } = finished
  if (outcome.status !== 'FAILED') return finished
  return { ...finished, outcome: { ...outcome, ...hints, error: { ...outcome.error, ...hints } } }
}

/** Who holds the fence is believed to know the execution, and with it its policy. */
function withPolicy(finished: FinishedAttempt, fields: object): FinishedAttempt {
  const { claim } = finished
  const policy = JSON.stringify({ ...(JSON.parse(claim.execution.policy) as object), ...fields })
  return { ...finished, claim: { ...claim, execution: { ...claim.execution, policy } } }
}

async function asLatest({ reader }: Database, finished: FinishedAttempt): Promise<FinishedAttempt> {
  const sql = 'select epoch, executor_id from queue where execution_id = ?'
  const { claim } = finished
  const row = await reader.get<{ epoch: number; executor_id: string }>(sql, [claim.execution.id])
  if (!row?.executor_id || row.executor_id === '-') return finished
  const latest: Claim = { ...claim, epoch: row.epoch, executorId: row.executor_id }
  return { ...finished, claim: latest }
}

function byItself({ database, process, schemas }: ProcessPorts): Parameters<typeof fireTimers>[0] {
  const nothing = (): void => undefined
  return {
    database: byOwnClock(database, process),
    schemas,
    random: process.clock.random,
    newId: process.clock.newId,
    operators: [],
    flow: OPEN_FLOW,
    placeOf: () => 'loop',
    onQueued: nothing,
    onInterrupted: nothing,
  }
}

function registering(sql: string): Plant {
  return {
    commands: (commands, { database }) => ({
      ...commands,
      async register(executorId) {
        await database.unit([], (unit) => unit.run(sql))
        await commands.register(executorId)
      },
    }),
  }
}

/** Spoils what an executor holds before it is given back, in whichever way. */
function losing(sql: string): Plant {
  const spoil = (database: Database, executorId: string): Promise<number> =>
    database.unit([], (unit) => unit.run(sql, [executorId]))
  return {
    commands: (commands: ExecutionCommands, { database }) => ({
      ...commands,
      async retire(executorId) {
        await spoil(database, executorId)
        return commands.retire(executorId)
      },
      async recoverLost() {
        const lost = 'select id from executors where lease_until <= ? order by id'
        const nowMs = (await database.now()).getTime()
        for (const { id } of await database.reader.all<{ id: string }>(lost, [nowMs])) await spoil(database, id)
        return commands.recoverLost()
      },
    }),
  }
}
