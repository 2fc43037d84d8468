import { expect, test } from 'vitest'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { stage, taskOf, tasksOf } from './executor.fixture.ts'

const STEPS = 300
const STEP_MS = 10

interface Seen {
  readonly status: string
  readonly percent: number | undefined
}

test('progress is pushed as it is reported, at most twice a second, and the last report is kept', async () => {
  const given = await stage()
  const { clock, world } = given
  const counting = taskOf('COUNTING', async (_params, { progress, clock: own }) => {
    for (let step = 1; step <= STEPS; step++) {
      progress({ percent: (step / STEPS) * 100, step: 'counting', data: { step } })
      await own.sleep(STEP_MS)
    }
    progress({ percent: 100, step: 'done' })
    return { result: null, artefacts: [] }
  })
  const { commands } = world.executions
  let writes = 0
  const noteProgress: typeof commands.noteProgress = async (reports) => {
    writes += 1
    // The acknowledgement of one is lost.
    await commands.noteProgress(reports)
    if (writes === 3) throw new Error('lost')
  }
  await given.executor({ tasks: tasksOf(clock, counting), executions: { ...commands, noteProgress } })
  const [id] = await request(world, { jobType: 'COUNTING' })
  await clock.settle()

  const query = `subscription { executionChanged(executionId: "${id}") { status progress { percent step attempt } } }`
  const stream = await world.graph.subgraph.subscribe({ query }, { token: 'workspace' }, new AbortController().signal)
  if (!('next' in stream)) throw new Error(JSON.stringify(stream))
  const seen: Seen[] = []
  const watching = (async () => {
    for await (const { data } of stream) {
      const { status, progress } = (data as { executionChanged: { status: string; progress?: { percent: number } } })
        .executionChanged
      seen.push({ status, percent: progress?.percent })
      if (status === 'SUCCEEDED') return
    }
  })()
  await clock.advance(STEPS * STEP_MS + 1_000)
  await watching

  const percents = seen.map(({ percent = 0 }) => percent)
  expect(percents).toEqual(percents.toSorted((one, other) => one - other))
  expect(seen.at(-1)).toEqual({ status: 'SUCCEEDED', percent: 100 })
  expect(new Set(percents).size).toBeGreaterThan(5)
  expect(writes).toBeLessThanOrEqual((STEPS * STEP_MS) / 500 + 1)

  const asked = `{ execution(id: "${id}") { progress { percent step message data at attempt } } }`
  const { data } = await world.graph.subgraph.execute({ query: asked }, { token: 'workspace' })
  const last = { percent: 100, step: 'done', message: null, data: null, attempt: 1 }
  expect(data?.execution).toMatchObject({ progress: last })
})
