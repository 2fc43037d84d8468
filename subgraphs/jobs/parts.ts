import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'

/** What the commands of jobs work with. */
export interface JobsParts {
  readonly database: Database
  readonly schemas: Schemas
  readonly clock: Clock
  readonly log: Log
  readonly jobTypes: JobTypes
}

/** What a job can do, as whoever runs tasks knows it. */
export interface JobTypes {
  readonly names: readonly string[]
  describe(): readonly JobTypeDescription[]
  /** @returns what is wrong with params, by path (`params.reportType`); none when they are good */
  checkParams(jobType: string, params: unknown): readonly { readonly path: string; readonly message: string }[]
}

/** One job type, for people. */
export interface JobTypeDescription {
  readonly name: string
  readonly description: string
  /** A JSON schema. */
  readonly paramsSchema: unknown
}
