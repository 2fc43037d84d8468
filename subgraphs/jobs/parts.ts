import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import type { ErrorCode } from '#platform/domain'
import type { Gathering } from '#platform/lifecycle'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import type { Creation } from './commands/create-jobs.ts'
import type { Job } from './domain/job.ts'
import type { WebhookParts } from './webhook-parts.ts'

/** What the commands of jobs work with. */
export interface JobsParts {
  readonly database: Database
  readonly schemas: Schemas
  readonly clock: Clock
  readonly log: Log
  readonly jobTypes: JobTypes
  readonly webhooks: WebhookParts
  /** Single jobs that are created, those of a workspace together. */
  readonly creations: Gathering<Creation, Job>
}

/** What a job can do, as whoever runs tasks knows it. */
export interface JobTypes {
  readonly names: readonly string[]
  describe(): readonly JobTypeDescription[]
  /** Job types that there are, but not here: why. */
  readonly notOffered?: Readonly<Record<string, { readonly code: ErrorCode; readonly message: string }>>
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
