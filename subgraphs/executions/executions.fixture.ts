// What the tests of executions and of the executor share: a context in memory, requests, and a verifier of plain names.
// Never used outside of tests.
import { type ExecutionRequested, executionRequestedDefaults, topics } from '#avro'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import { DomainError } from '#platform/domain'
import type { Caller, TokenVerifier } from '#platform/identity'
import { type Messaging, openEmbeddedMessaging } from '#platform/messaging'
import { embeddedSchemas, type Schemas } from '#platform/schemas'
import { openStorages, type Storages } from '#platform/storage'
import { silentLog } from '#platform/telemetry'
import { type MovedClock, movedClock, openTestDatabase } from '#platform/testing'
import { type Executions, type ExecutionsGraph, type FlowConfig, openExecutions, openExecutionsGraph } from './main.ts'

/** A context, and all around it. */
export interface World {
  readonly executions: Executions
  readonly graph: ExecutionsGraph
  readonly database: Database
  readonly messaging: Messaging
  readonly schemas: Schemas
  readonly storages: Storages
  readonly clock: Clock
  close(): Promise<void>
}

const OPERATORS = ['user of operator']

/** Opens a world; a path opens what was written there before. It takes requests only once `executions.start()` was called. */
export async function openWorld({
  clock,
  path,
  flow,
  plant = (database) => database,
}: {
  readonly clock: Clock
  readonly path?: string
  readonly flow?: FlowConfig
  /** Puts a broken database in the place of the right one. */
  readonly plant?: (database: Database) => Database
}): Promise<World> {
  const schemas = embeddedSchemas()
  const messaging = await openEmbeddedMessaging({ clock, schemas })
  const database = plant(await openTestDatabase({ name: 'executions', clock, ...(path !== undefined && { path }) }))
  const storages = openStorages({ kind: 'database' }, { database, clock })
  await schemas.register(topics['job-execute'].schema)
  const executions = await openExecutions({
    database,
    messaging,
    schemas,
    clock,
    log: silentLog(),
    placeOf: (jobType) => (jobType === 'REPORT' ? 'worker' : 'loop'),
    ...(flow && { flow }),
    operators: OPERATORS,
  })
  const graph = openExecutionsGraph({
    ...{ database, clock, log: silentLog(), verifier: plainVerifier, schemas, operators: OPERATORS },
    operate: executions.commands.operate,
  })
  return {
    executions,
    graph,
    database,
    messaging,
    schemas,
    storages,
    clock,
    async close() {
      await graph.stop()
      await executions.stop()
      await messaging.close()
      await database.close()
    },
  }
}

/** A world on a clock that is moved. */
export type MovedWorld = World & { readonly clock: MovedClock }

/** Opens a world whose clock is moved, and lets it take requests. */
export async function openMovedWorld(start: Date): Promise<MovedWorld> {
  const clock = movedClock(start)
  const world = { ...(await openWorld({ clock })), clock }
  await world.executions.start()
  return world
}

/** Somebody whose executions are those of `requested`. */
export const member: Caller = callerIn('workspace')

/** Asks for executions, as the scheduler does. @returns their ids */
export async function request(
  { messaging, schemas, clock }: Pick<World, 'messaging' | 'schemas' | 'clock'>,
  ...wanted: readonly Partial<ExecutionRequested>[]
): Promise<readonly string[]> {
  const schema = topics['job-execute'].schema
  const values = wanted.map((fields) => requested(clock, fields))
  await messaging.produce(
    values.map((value) => ({
      topic: 'job-execute',
      key: value.jobId,
      value: schemas.frame(schemas.idOf(schema), schemas.encode(schema, value)),
      headers: {},
    })),
  )
  return values.map(({ executionId }) => executionId)
}

/** The policy of what may overlap. */
const ALLOW_ALL = '{"overlap":"ALLOW_ALL"}'

/** A request for an ECHO that may overlap, but for the given fields. */
export function requested(clock: Clock, fields: Partial<ExecutionRequested> = {}): ExecutionRequested {
  return {
    executionId: clock.newId(),
    jobId: 'job',
    workspaceId: 'workspace',
    jobVersion: 1,
    jobType: 'ECHO',
    params: '{"message":"hello"}',
    cause: 'schedule',
    scheduledFor: clock.now(),
    firedAt: clock.now(),
    ...executionRequestedDefaults,
    policy: ALLOW_ALL,
    ...fields,
  }
}

/** Believes a token that names a user's workspace. */
const plainVerifier: TokenVerifier = {
  async verify(token) {
    if (token === 'forged') throw new DomainError('UNAUTHENTICATED', 'the access token is not valid')
    return callerIn(token)
  },
  onRevoked: () => () => undefined,
  revoke: () => undefined,
}

function callerIn(workspaceId: string): Caller {
  const expiresAt = new Date(8_640_000_000_000_000)
  return { userId: `user of ${workspaceId}`, username: 'u', sessionId: 's', workspaceIds: [workspaceId], expiresAt }
}
