// What the tests of retries and replays share: ended executions, and a caller's words.
// Never used outside of tests.
import type { FormattedExecutionResult } from 'graphql'
import { expect } from 'vitest'
import { type ExecutionRequested, type JobChanged, jobChangedDefaults, topics } from '#avro'
import type { AttemptOutcome } from './domain/execution-command.ts'
import { type MovedWorld, request, type World } from './executions.fixture.ts'

/** How an execution is to end. */
export const FAILURE: AttemptOutcome = { status: 'FAILED', error: { code: 'BROKEN', message: 'broken' } }

/** The same, well. */
export const SUCCESS: AttemptOutcome = { status: 'SUCCEEDED', result: '{}' }

/** Asks for executions. @returns their ids */
export async function queued(
  world: MovedWorld,
  ...wanted: readonly Partial<ExecutionRequested>[]
): Promise<readonly string[]> {
  const ids = await request(world, ...wanted)
  await world.clock.settle()
  return ids
}

/** Runs all that waits, to one end. @returns the ids, in the order in which they were claimed */
export async function endAll({ executions: { commands } }: World, outcome = FAILURE): Promise<readonly string[]> {
  const claims = await commands.claim('x1', 'loop', 1_000)
  await commands.finish(claims.map((claim) => ({ claim, outcome, artefacts: [], log: [] })))
  return claims.map(({ execution }) => execution.id)
}

/** Executions that have ended. @returns their ids */
export async function ended(
  world: MovedWorld,
  wanted: readonly Partial<ExecutionRequested>[],
  outcome = FAILURE,
): Promise<readonly string[]> {
  const ids = await queued(world, ...wanted)
  await endAll(world, outcome)
  return ids
}

/** Asks the graph, as a member of the workspace that the token names. */
export function ask(
  { graph }: World,
  token: string | undefined,
  query: string,
  variables = {},
): Promise<FormattedExecutionResult> {
  return graph.subgraph.execute({ query, variables }, { token })
}

/** The code by which something is refused. */
export function codeOf({ errors }: FormattedExecutionResult): unknown {
  return errors?.[0]?.extensions?.['code']
}

/** Tells of a job, as jobs does: its whole state. */
export async function tellJob(
  { messaging, schemas, clock }: MovedWorld,
  fields: Partial<JobChanged> & { readonly version: number },
): Promise<void> {
  const schema = topics['job-events'].schema
  const id = await schemas.register(schema)
  const job: JobChanged = {
    ...{ jobId: 'job', workspaceId: 'workspace', ownerId: 'u', change: 'UPDATED', name: 'n', jobType: 'ECHO' },
    ...{ schedule: '@manually', params: '{}', state: 'ACTIVE', scheduledSince: clock.now(), trigger: null },
    ...jobChangedDefaults,
    recordedAt: clock.now(),
    ...fields,
  }
  const { jobId, version } = job
  const headers = { stream: `job-${jobId}`, version: String(version), previous: String(version - 1), correlation: 'c' }
  const value = schemas.frame(id, schemas.encode(schema, job))
  await messaging.produce([{ topic: 'job-events', key: jobId, value, headers }])
  await clock.advance(200)
}

/** What is asked of a replay. */
export const FIELDS = `id state selectedCount queuedCount endedAt version outcomes { status count }
  origins(first: 100) { totalCount edges { node { id } } } executions(first: 100) { totalCount edges { node { id cause jobVersion params jobType origin { id } } } }`
/** Asks for one. */
export const REPLAY = `mutation ($filter: ReplayFilter!, $params: ReplayParams, $dryRun: Boolean, $id: ID, $rate: Int, $overlap: Overlap) {
  replay(filter: $filter, params: $params, dryRun: $dryRun, replayId: $id, executionsPerMinuteMax: $rate, overlap: $overlap) { ${FIELDS} } }`

/** A replay as it is answered. */
export interface Told {
  readonly id: string | null
  readonly state: string
  readonly selectedCount: number
  readonly queuedCount: number
  readonly outcomes: readonly { readonly status: string; readonly count: number }[]
  readonly origins: { readonly edges: readonly { readonly node: { readonly id: string } }[] }
  readonly executions: {
    readonly edges: readonly {
      readonly node: { readonly id: string; readonly jobVersion: number; readonly origin: { readonly id: string } }
    }[]
  }
}

/** Asks for a replay. */
export async function replay(world: MovedWorld, variables: object): Promise<Told> {
  const { data, errors } = await ask(world, 'workspace', REPLAY, { filter: {}, ...variables })
  expect(errors).toBeUndefined()
  return data?.['replay'] as Told
}

/** A replay as it is now. */
export async function known(world: MovedWorld, id: string): Promise<Told> {
  const { data, errors } = await ask(world, 'workspace', `query ($id: ID!) { replay(id: $id) { ${FIELDS} } }`, { id })
  expect(errors).toBeUndefined()
  return data?.['replay'] as Told
}

/** The same thing several times. */
export function many<Thing extends object>(count: number, thing: Thing = {} as Thing): readonly Thing[] {
  return Array.from({ length: count }, () => thing)
}

/** The ids of what is run again. */
export function origins({ origins: { edges } }: Told): readonly string[] {
  return edges.map(({ node }) => node.id)
}

/** The ids of what was run again. */
export function repeated({ executions: { edges } }: Told): readonly string[] {
  return edges.map(({ node }) => node.origin.id)
}

/** How many executions there are. */
export async function rowCount({ database }: MovedWorld): Promise<number> {
  return (await database.reader.all('select id from executions')).length
}

/** Moves the clock and runs what comes, until a replay has ended. */
export async function runThrough(world: MovedWorld, id: string): Promise<Told> {
  for (let rounds = 0; rounds < 60; rounds++) {
    await world.clock.advance(1_000)
    await endAll(world, SUCCESS)
    const told = await known(world, id)
    if (told.state !== 'RUNNING') return told
  }
  throw new Error(`replay ${id} does not end`)
}
