import { expect, test } from 'vitest'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { shown, stage, taskOf, tasksOf } from './executor.fixture.ts'
import { LOG_BURST_LINES_MAX, LOG_LINES_PER_SECOND_MAX } from './tasks/log-limits.ts'

const SECONDS = 5
const TURNS_A_SECOND = 10
const LINES_A_TURN = 10_000

test('a task that logs 100,000 lines a second is throttled with a mark, and the log beside it is as quick as ever', async () => {
  const given = await stage()
  const loggedMs: number[] = []
  const flood = taskOf('FLOOD', async (_params, { log, clock }) => {
    for (let turn = 0; turn < SECONDS * TURNS_A_SECOND; turn++) {
      for (let line = 0; line < LINES_A_TURN; line++) log('INFO', 'flood')
      await clock.sleep(1_000 / TURNS_A_SECOND)
    }
    return { result: null, artefacts: [] }
  })
  const quiet = taskOf('QUIET', async (_params, { log, clock }) => {
    for (let turn = 0; turn < SECONDS * 2; turn++) {
      loggedMs.push(given.clock.monotonicMs())
      log('INFO', `quiet ${turn}`)
      await clock.sleep(500)
    }
    return { result: null, artefacts: [] }
  })
  const { commands } = given.world.executions
  const writtenMs: number[] = []
  const linesOfOneUnit: number[] = []
  const appendLogs: typeof commands.appendLogs = async (appends) => {
    const refused = await commands.appendLogs(appends)
    const lines = appends.flatMap(({ chunks }) => chunks.flatMap((chunk) => chunk.lines))
    linesOfOneUnit.push(lines.length)
    for (const { message } of lines) if (message.startsWith('quiet')) writtenMs.push(given.clock.monotonicMs())
    return refused
  }
  await given.executor({ tasks: tasksOf(given.clock, flood, quiet), executions: { ...commands, appendLogs } })
  const [id, other] = await request(given.world, { jobType: 'FLOOD' }, { jobType: 'QUIET' })
  await given.clock.advance(SECONDS * 1_000 + 1_000)

  expect([(await shown(given, id)).status, (await shown(given, other)).status]).toEqual(['SUCCEEDED', 'SUCCEEDED'])
  expect(writtenMs).toHaveLength(SECONDS * 2)
  expect(Math.max(...writtenMs.map((ms, index) => ms - (loggedMs[index] ?? 0)))).toBeLessThanOrEqual(100)
  expect(Math.max(...linesOfOneUnit)).toBeLessThanOrEqual(LOG_BURST_LINES_MAX + LOG_LINES_PER_SECOND_MAX)

  const rows = await given.world.database.reader.all<{ lines: string }>(
    'select "lines" from log_chunks where execution_id = ? order by first_seq',
    [id ?? ''],
  )
  const messages = rows.flatMap(({ lines }) => (JSON.parse(lines) as { message: string }[]).map((line) => line.message))
  const kept = messages.filter((message) => message === 'flood').length
  const leftOut = messages.map((message) => Number(/^(\d+) lines were left out/.exec(message)?.[1] ?? 0))
  expect(kept + leftOut.reduce((sum, lines) => sum + lines, 0)).toBe(SECONDS * TURNS_A_SECOND * LINES_A_TURN)
  expect(kept).toBeLessThanOrEqual(LOG_BURST_LINES_MAX + SECONDS * LOG_LINES_PER_SECOND_MAX)
  expect(leftOut.filter((lines) => lines > 0).length).toBeGreaterThanOrEqual(SECONDS - 1)
})
