import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { differences, rebuild } from '#platform/projections'
import { executionsProjection } from '#services/executions'
import { openWorld, request, type World } from '../../subgraphs/executions/executions.fixture.ts'

const EVENTS_MIN = 100_000
const REQUESTS_A_ROUND = 2_000
const CLAIMS_A_BATCH = 500

type Claims = Awaited<ReturnType<World['executions']['commands']['claim']>>

/** Ends attempts: most succeed, some fail. */
function finish({ executions }: World, claims: Claims): Promise<void> {
  return executions.commands.finish(
    claims.map((claim, index) => ({
      claim,
      outcome:
        index % 7 === 0
          ? { status: 'FAILED' as const, error: { code: 'ECHO_FAILED', message: 'as asked' } }
          : { status: 'SUCCEEDED' as const, result: JSON.stringify({ index }) },
      artefacts: [],
      log: [],
    })),
  )
}

/** Asks for executions and runs them; in each round an executor dies with a batch in hand, and its results come late. */
async function round(world: World, number: number): Promise<void> {
  const { commands } = world.executions
  const [steady, doomed] = [`steady-${number}`, `doomed-${number}`]
  await commands.register(steady)
  await commands.register(doomed)
  await request(world, ...Array.from({ length: REQUESTS_A_ROUND }, (_, index) => ({ jobId: `job-${index % 50}` })))
  const queued = 'select count(*) as n from queue'
  await expect.poll(() => world.database.reader.get(queued), { timeout: 30_000 }).toEqual({ n: REQUESTS_A_ROUND })
  const lost = await commands.claim(doomed, 'loop', CLAIMS_A_BATCH)
  await commands.declareLost(doomed)
  await finish(world, lost)
  for (;;) {
    const claims = await commands.claim(steady, 'loop', CLAIMS_A_BATCH)
    if (claims.length === 0) break
    await finish(world, claims)
    // The acknowledgement was lost, so it comes again.
    if (number % 3 === 0) await finish(world, claims)
  }
}

test('live equals rebuilt, row by row, over 100,000 events with lost attempts and late and repeated results', async () => {
  const world = await openWorld({ clock: systemClock() })
  await world.executions.start()
  const events = async (): Promise<number> =>
    (await world.database.reader.get<{ n: number }>('select count(*) as n from events'))?.n ?? 0
  for (let number = 0; (await events()) < EVENTS_MIN; number++) await round(world, number)
  const late = await world.database.reader.get(`select count(*) as n from events where type = 'LateResultRefused'`)
  expect(late?.['n']).toBeGreaterThan(1_000)

  const compare = (): Promise<readonly unknown[]> =>
    rebuild(world.database, executionsProjection, (unit) => differences(unit, executionsProjection))
  expect(await compare()).toEqual([])
  // The planted harm: a row that no event explains.
  await world.database.unit([], (unit) =>
    unit.run(
      `update executions set status = 'FAILED' where id = (select min(id) from executions where status = 'SUCCEEDED')`,
    ),
  )
  expect(await compare()).toHaveLength(1)
  await world.close()
}, 180_000)
