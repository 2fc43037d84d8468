import { afterEach, describe, expect, test } from 'vitest'
import { admit, nextAdmitted, type OpenExecution } from '#platform/policy'
import { movedClock } from '#platform/testing'
import { firstDifference, type World } from './admission-model.fixture.ts'
import { commandAll } from './commands/command-executions.ts'
import { OPEN_FLOW } from './commands/flow-config.ts'
import { type ExecutionRequest, takeIn } from './commands/take-in.ts'
import { admitArrivals } from './domain/admit-arrivals.ts'
import { type Execution, execution, hasEnded } from './domain/execution.ts'
import type { ExecutionCommand } from './domain/execution-command.ts'
import { type World as Context, openWorld } from './executions.fixture.ts'

interface Rules {
  readonly admit: typeof admit
  readonly nextAdmitted: typeof nextAdmitted
}
const RULES: Rules = { admit, nextAdmitted }

const queueCommand = (executionId: string, jobId: string, policy: string, atMs: number): ExecutionCommand => ({
  type: 'QueueExecution',
  ...{ executionId, jobId, policy, atMs, workspaceId: 'w', jobVersion: 1, jobType: 'ECHO', params: '{}' },
  ...{ cause: 'schedule', scheduledAtMs: atMs },
})

/** The deciders of the context over a map: what its commands do, without a database. */
function inMemory(rules: Rules): World {
  const states = new Map<string, Execution>()
  const ended: Record<string, number> = {}
  const stageOf = ({ status }: Execution): OpenExecution['stage'] =>
    status === 'WAITING' || status === 'RUNNING' ? status : 'ADMITTED'
  const openOf = (jobId: string): OpenExecution[] => {
    const ofJob = [...states.values()].filter((state) => state.jobId === jobId)
    const open = ofJob.map((state) => ({ id: state.id, stage: stageOf(state) }))
    return [...open.filter(({ stage }) => stage !== 'WAITING'), ...open.filter(({ stage }) => stage === 'WAITING')]
  }
  /** @returns the job of an execution that others may have waited behind, if it has ended */
  function decide(id: string, commands: readonly ExecutionCommand[]): string | null {
    const before = states.get(id) ?? null
    let after = before
    for (const command of commands) {
      for (const event of execution.decide(command, after)) after = execution.evolve(after, event)
    }
    if (!after) return null
    if (!hasEnded(after)) states.set(id, after)
    else {
      states.delete(id)
      const end = after.status === 'SKIPPED' ? (after.error?.code ?? '') : after.status
      ended[end] = (ended[end] ?? 0) + 1
    }
    return before && before.status !== 'WAITING' && hasEnded(after) ? after.jobId : null
  }
  function record(decisions: readonly (string | null)[], atMs: number): void {
    for (const jobId of new Set(decisions)) {
      const next = jobId === null ? null : rules.nextAdmitted(openOf(jobId))
      if (next !== null) decide(next, [{ type: 'AdmitExecution', atMs }])
    }
  }
  return {
    async arrive(arrivals, atMs) {
      const open = new Map(arrivals.map(({ jobId }) => [jobId, openOf(jobId)]))
      const told = admitArrivals(arrivals, open, atMs, rules.admit)
      const fresh = new Set(arrivals.map(({ executionId }) => executionId))
      const others = [...told].filter(([id]) => !fresh.has(id)).map(([id, commands]) => decide(id, commands))
      for (const { executionId: id, jobId, policy } of arrivals) {
        decide(id, [queueCommand(id, jobId, policy, atMs), ...(told.get(id) ?? [])])
      }
      record(others, atMs)
    },
    async act(id, command) {
      record([decide(id, [command])], 'atMs' in command ? command.atMs : 0)
    },
    async shown() {
      return { open: [...states].map(([id, { status }]) => `${id} ${status}`).sort(), ended }
    },
  }
}

const contexts: Context[] = []
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

/** The context itself: its commands and its tables. */
async function inTables(): Promise<World> {
  const context = await openWorld({ clock: movedClock(new Date(0)) })
  contexts.push(context)
  const { database, schemas, storages } = context
  const nothing = (): void => undefined
  const commandPorts = {
    ...{ database, schemas, storages, operators: [], flow: OPEN_FLOW, placeOf: () => 'loop' as const },
    ...{ random: () => 0, newId: () => 'none', onQueued: nothing, onInterrupted: nothing },
  }
  return {
    async arrive(arrivals) {
      const requests = arrivals.map(
        (arrival): ExecutionRequest => ({
          ...arrival,
          ...{ workspaceId: 'w', jobVersion: 1, jobType: 'ECHO', params: '{}', cause: 'schedule', scheduledAtMs: 0 },
          ...{ correlationId: 'c', causationId: 'c' },
        }),
      )
      await database.unit([], (unit) => takeIn(unit, commandPorts, requests, undefined))
    },
    async act(id, command) {
      await database.unit([], (unit) => commandAll(unit, commandPorts, [id], command))
    },
    async shown() {
      const rows = await database.reader.all<{ id: string; status: string }>(
        `select id, status from executions where id in (select execution_id from queue) order by id`,
      )
      const ends = await database.reader.all<{ outcome: string; total: number }>(
        `select case status when 'SKIPPED' then error_code else status end as outcome, count(*) as total from executions
         where id not in (select execution_id from queue) group by outcome`,
      )
      const ended = Object.fromEntries(ends.map(({ outcome, total }) => [outcome, total]))
      return { open: rows.map(({ id, status }) => `${id} ${status}`).sort(), ended }
    },
  }
}

test.each([1, 2, 3, 4])(
  'over 30,000 random steps, admission does what the plain model does (seed %i)',
  async (seed) => {
    expect(await firstDifference(inMemory(RULES), { seed, steps: 30_000 })).toBeNull()
  },
)

test('so do the commands on their tables', async () => {
  expect(await firstDifference(await inTables(), { seed: 5, steps: 1_000 })).toBeNull()
})

describe('planted', () => {
  const admitMutants: Readonly<Record<string, typeof admit>> = {
    'what is in back-off or queued is not open': (policy, open) =>
      admit(
        policy,
        open.filter(({ stage }) => stage !== 'ADMITTED'),
      ),
    'one more may wait than bufferMax says': (policy, open) =>
      admit({ ...policy, bufferMax: policy.bufferMax + 1 }, open),
    'BUFFER_ALL keeps one': (policy, open) => admit({ ...policy, bufferMax: 1 }, open),
    'BUFFER_ONE keeps the last': (policy, open) => {
      const admission = admit(policy, open)
      if (policy.overlap !== 'BUFFER_ONE' || admission.outcome !== 'SKIPPED') return admission
      const displaced = [{ id: admission.blockedBy, how: 'DROP' }] as const
      return { outcome: 'WAITING', blockedBy: open[0]?.id ?? '', displaced }
    },
    'CANCEL_OTHER does not wait': (policy, open) => {
      const admission = admit(policy, open)
      const isMeant = policy.overlap === 'CANCEL_OTHER' && admission.outcome === 'WAITING'
      return isMeant ? { outcome: 'ADMITTED', displaced: admission.displaced } : admission
    },
    'CANCEL_OTHER leaves the others alone': (policy, open) => {
      const admission = admit(policy, open)
      const isMeant = policy.overlap === 'CANCEL_OTHER' && admission.outcome !== 'SKIPPED'
      return isMeant ? { ...admission, displaced: admission.displaced.filter(({ how }) => how === 'DROP') } : admission
    },
    'what waits is not replaced': (policy, open) => {
      const admission = admit(policy, open)
      if (admission.outcome === 'SKIPPED') return admission
      return { ...admission, displaced: admission.displaced.filter(({ how }) => how !== 'DROP') }
    },
    'TERMINATE_OTHER asks': (policy, open) => {
      const admission = admit(policy, open)
      if (admission.outcome === 'SKIPPED') return admission
      const displaced = admission.displaced.map((each) =>
        each.how === 'TERMINATE' ? ({ ...each, how: 'CANCEL' } as const) : each,
      )
      return { ...admission, displaced }
    },
    'SKIP waits': (policy, open) =>
      admit({ ...policy, overlap: policy.overlap === 'SKIP' ? 'BUFFER_ALL' : policy.overlap }, open),
    'ALLOW_ALL does not': (policy, open) =>
      admit({ ...policy, overlap: policy.overlap === 'ALLOW_ALL' ? 'SKIP' : policy.overlap }, open),
  }
  const nextMutants: Readonly<Record<string, typeof nextAdmitted>> = {
    'the last that waits is the next': (open) => nextAdmitted(open.toReversed()),
    'what waits goes on beside others': (open) => nextAdmitted(open.filter(({ stage }) => stage !== 'ADMITTED')),
    'nothing that waits goes on': () => null,
  }

  test.each(Object.entries(admitMutants))('%s: found', async (_name, mutant) => {
    expect(await firstDifference(inMemory({ ...RULES, admit: mutant }), { seed: 1, steps: 5_000 })).not.toBeNull()
  })

  test.each(Object.entries(nextMutants))('%s: found', async (_name, mutant) => {
    const found = await firstDifference(inMemory({ ...RULES, nextAdmitted: mutant }), { seed: 1, steps: 5_000 })
    expect(found).not.toBeNull()
  })
})
