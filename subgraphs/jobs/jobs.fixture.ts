import type { FormattedExecutionResult } from 'graphql'
import { type ExecutionChanged, type ScheduleAdvanced, topics } from '#avro'
import { type Clock, systemClock } from '#platform/clock'
import type { Database } from '#platform/database'
import { DomainError } from '#platform/domain'
import type { ResultStream } from '#platform/graphql'
import type { Caller, TokenVerifier } from '#platform/identity'
import { type Messaging, openEmbeddedMessaging } from '#platform/messaging'
import { embeddedSchemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { openTestDatabase } from '#platform/testing'
import { type Jobs, type JobsPorts, type JobTypes, openJobs } from './main.ts'

/** The service on a stage of its own, in memory, with the doors of the others played by the test. */
export interface JobsStage {
  readonly jobs: Jobs
  readonly database: Database
  readonly messaging: Messaging
  readonly clock: Clock
  /** A query or mutation as somebody; the token is the name. @throws {Refused} for the first error */
  ask<Answer>(query: string, variables?: object, token?: string): Promise<Answer>
  watch(query: string, variables: object, token?: string): Promise<FormattedExecutionResult | ResultStream>
  /** What the scheduler or the executions tell. */
  tell(...records: readonly ToldRecord[]): Promise<void>
  close(): Promise<void>
}

/** A record of another service, and its place in its stream. */
export type ToldRecord = { readonly version: number } & (
  | { readonly advanced: ScheduleAdvanced }
  | { readonly changed: ExecutionChanged }
)

/** What an answer was instead of data. */
export class Refused extends Error {
  readonly code: unknown
  readonly details: unknown

  constructor(error: NonNullable<FormattedExecutionResult['errors']>[number]) {
    super(error.message)
    this.code = error.extensions?.['code']
    this.details = error.extensions?.['details']
  }
}

/** Two job types: one takes anything, the other wants a reportType. */
export const stageJobTypes: JobTypes = {
  names: ['ECHO', 'REPORT'],
  describe: () =>
    ['ECHO', 'REPORT'].map((name) => ({ name, description: `does ${name}`, paramsSchema: { type: 'object' } })),
  checkParams: (jobType, params) =>
    jobType === 'REPORT' && !(params as { reportType?: string }).reportType
      ? [{ path: 'params.reportType', message: 'is required' }]
      : [],
}

/** The caller that a token of the stage stands for: `alice`, in a workspace of her own, or `bob in alice`, in hers. */
export function callerNamed(token: string): Caller {
  const [name = '', workspace = name] = token.split(' in ')
  const expiresAt = new Date('2100-01-01T00:00:00Z')
  return { userId: `user-${name}`, username: name, sessionId: 's', workspaceIds: [`workspace-${workspace}`], expiresAt }
}

const verifier: TokenVerifier = {
  async verify(token) {
    if (token === 'forged') throw new DomainError('UNAUTHENTICATED', 'the access token is not valid')
    return callerNamed(token)
  },
  onRevoked: () => () => undefined,
  revoke: () => undefined,
}

/** Opens a stage. Topics are carried and consumed once `jobs.start()` is called. */
export async function openStage(
  clock: Clock = systemClock(),
  ports: Partial<Pick<JobsPorts, 'database' | 'log' | 'webhooks'>> = {},
): Promise<JobsStage> {
  const schemas = embeddedSchemas()
  const database = ports.database ?? (await openTestDatabase({ name: 'jobs', clock, isReused: true }))
  const messaging = await openEmbeddedMessaging({ clock, schemas })
  const jobs = await openJobs({
    database,
    messaging,
    schemas,
    clock,
    log: silentLog(),
    verifier,
    jobTypes: stageJobTypes,
    ...ports,
  })
  const schemaIds = {
    'schedule-events': await schemas.register(topics['schedule-events'].schema),
    'execution-events': await schemas.register(topics['execution-events'].schema),
  }

  function produced(told: ToldRecord) {
    const topic = 'advanced' in told ? 'schedule-events' : 'execution-events'
    const body =
      'advanced' in told
        ? schemas.encode('carillon.scheduler.ScheduleAdvanced', told.advanced)
        : schemas.encode('carillon.executions.ExecutionChanged', told.changed)
    const { jobId: key } = 'advanced' in told ? told.advanced : told.changed
    const stream = 'advanced' in told ? `timetable-${key}` : `execution-${told.changed.executionId}`
    const headers = { stream, version: `${told.version}`, previous: `${told.version - 1}`, correlation: 'c' }
    return { topic, key, value: schemas.frame(schemaIds[topic], body), headers }
  }

  return {
    jobs,
    database,
    messaging,
    clock,
    async ask<Answer>(query: string, variables = {}, token = 'alice') {
      const caller = token === '' ? {} : { token }
      const { data, errors } = await jobs.subgraph.execute({ query, variables: { ...variables } }, caller)
      const [error] = errors ?? []
      if (error) throw new Refused(error)
      return Object.values(data ?? {})[0] as Answer
    },
    watch: (query, variables, token = 'alice') =>
      jobs.subgraph.subscribe(
        { query, variables: { ...variables } },
        token === '' ? {} : { token },
        new AbortController().signal,
      ),
    tell: (...records) => messaging.produce(records.map(produced)),
    async close() {
      await jobs.stop()
      await messaging.close()
      if (!ports.database) await database.close()
    },
  }
}
