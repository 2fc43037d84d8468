import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ExecutionCommands } from '#executions'
import { movedClock, seeded } from '#platform/testing'

afterEach(() => {
  vi.doUnmock('../subgraphs/executions/commands/fence.ts')
  vi.resetModules()
})

type Plant = (commands: ExecutionCommands) => ExecutionCommands
const asItIs: Plant = (commands) => commands

const EXECUTIONS = 6
const ROUNDS = 8

/**
 * The check: executors log while acknowledgements are lost, units fail, and executors die or freeze and come back late.
 *
 * @returns what is wrong with the stored logs: holes, repetitions, lines of nobody, lines that an attempt which ended lacks
 */
async function wrongIn(seed: number, plant = asItIs): Promise<readonly string[]> {
  const { request } = await import('../subgraphs/executions/executions.fixture.ts')
  const { asking, shown, stage, START, taskOf, tasksOf } = await import('./executor.fixture.ts')
  const random = seeded(seed)
  const given = await stage()
  const logged = new Map<string, string[]>()
  const chatty = taskOf('CHATTY', async (_params, { executionId, attempt, log, clock, signal }) => {
    const lines: string[] = []
    logged.set(`${executionId} ${attempt}`, lines)
    const count = 1 + Math.floor(random() * 40)
    for (let line = 1; line <= count && !signal.aborted; line++) {
      lines.push(`${attempt}.${line}`)
      log('INFO', `${attempt}.${line}`)
      if (random() < 0.4) await clock.sleep(random() * 400, signal)
    }
    if (random() < 0.3) throw new Error('once more')
    return { result: null, artefacts: [] }
  })
  const { commands } = given.world.executions
  let isCalm = false
  /** A command that fails now and then: before it was carried out, or after. */
  const flaky =
    <Args extends unknown[], Result>(command: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const fate = isCalm ? 1 : random()
      if (fate < 0.15) throw new Error('it was not carried out')
      const result = await command(...args)
      if (fate < 0.3) throw new Error('the acknowledgement was lost')
      return result
    }
  const planted = plant(commands)
  const executions = { ...planted, appendLogs: flaky(planted.appendLogs), finish: flaky(planted.finish) }
  const open = (clock = given.clock) => given.executor({ executions, clock, tasks: tasksOf(clock, chatty) })

  const policy = { attemptsMax: 3, backoffMs: 1_000, backoffMsMax: 1_000 }
  let working = await open()
  const ids = await request(given.world, ...Array.from({ length: EXECUTIONS }, () => asking('CHATTY', policy)))
  const late: ReturnType<typeof movedClock>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await given.clock.advance(random() * 3_000)
    const fate = random()
    if (fate < 0.25) {
      working.kill()
      working = await open()
    } else if (fate < 0.4) {
      // It claims and logs, then its clock stands still, and it goes on when its work is another's.
      const clock = movedClock(START, seed * 100 + round)
      clock.holdWhile(given.clock.isHeld)
      late.push(clock)
      await open(clock)
      await clock.advance(200)
    } else if (fate < 0.55) await late.shift()?.advance(3_000)
  }
  isCalm = true
  for (const clock of late) await clock.advance(3_000)
  await given.clock.advance(60_000)

  const wrong: string[] = []
  for (const id of ids) {
    const { attempts } = await shown(given, id)
    const chunks = await given.world.database.reader.all<{ first_seq: number; attempt: number; lines: string }>(
      'select first_seq, attempt, "lines" from log_chunks where execution_id = ? order by first_seq',
      [id],
    )
    const stored = new Map<number, string[]>()
    let next = 1
    for (const { first_seq, attempt, lines } of chunks) {
      const messages = (JSON.parse(lines) as { message: string }[]).map(({ message }) => message)
      if (first_seq !== next) wrong.push(`${id} goes on at ${first_seq} instead of ${next}`)
      next = first_seq + messages.length
      stored.set(attempt, [...(stored.get(attempt) ?? []), ...messages])
    }
    for (const [index, { status }] of attempts.entries()) {
      const all = logged.get(`${id} ${index + 1}`) ?? []
      const kept = stored.get(index + 1) ?? []
      if (kept.join() !== all.slice(0, kept.length).join()) wrong.push(`${id} attempt ${index + 1} has other lines`)
      const isWhole = status === 'LOST' || status === 'RUNNING' || kept.length === all.length
      if (!isWhole) wrong.push(`${id} attempt ${index + 1} lacks ${all.length - kept.length} lines`)
    }
  }
  await given.die()
  return wrong
}

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1)

test.each(SEEDS.slice(0, 4))(
  'seed %i: whatever fails, each log is numbered without a gap, and holds each line once and in order',
  async (seed) => {
    expect(await wrongIn(seed)).toEqual([])
  },
)

describe('a planted mutant is found:', () => {
  const found = async (plant?: Plant): Promise<boolean> => {
    for (const seed of SEEDS) if ((await wrongIn(seed, plant)).length > 0) return true
    return false
  }

  test('chunks whose write failed are forgotten', async () => {
    const forgetting: Plant = (commands) => ({
      ...commands,
      appendLogs: async (appends) => (appends.length > 1 ? [] : commands.appendLogs(appends)),
    })
    expect(await found(forgetting)).toBe(true)
  })

  test('each attempt is numbered from 1', async () => {
    const fromOne: Plant = (commands) => ({
      ...commands,
      claim: async (...args) => (await commands.claim(...args)).map((claim) => ({ ...claim, logSeq: 0 })),
    })
    expect(await found(fromOne)).toBe(true)
  })

  test('whoever held it once may write', async () => {
    vi.doMock('../subgraphs/executions/commands/fence.ts', () => ({ isHeld: () => true }))
    expect(await found()).toBe(true)
  })
})
