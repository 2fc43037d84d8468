import { fileURLToPath } from 'node:url'
import type { CodegenConfig } from '@graphql-codegen/cli'
import { typeDefFiles } from '#platform/graphql'

interface Subgraph {
  /** Where its resolvers are. */
  readonly folder: string
  /** The context type that context.ts exports. */
  readonly context: string
  /** GraphQL types that resolvers receive as another type than their own, usually a row of a projection. */
  readonly mappers: Readonly<Record<string, string>>
}

// A mapper's path is seen from the folder.
const SUBGRAPHS: Readonly<Record<'auth' | 'executions' | 'jobs' | 'registry', Subgraph>> = {
  auth: { folder: 'subgraphs/auth/graphql', context: 'AuthContext', mappers: {} },
  executions: {
    folder: 'subgraphs/executions/graphql',
    context: 'Context',
    mappers: {
      Artefact: '../projections/artefacts.ts#Artefact',
      Attempt: './shown-attempt.ts#ShownAttempt',
      BulkCancel: '../commands/operate.ts#OperatorAnswer',
      Cancellation: '../domain/execution.ts#Cancellation',
      DeadLetter: '../projections/dead-letters.ts#DeadLetter',
      DeadLetterConnection: './dead-letter-resolvers.ts#DeadLetterPage',
      Execution: '../domain/execution.ts#Execution',
      ExecutionConnection: './execution-page.ts#ExecutionPage',
      Job: './job-reference.ts#JobReference',
      Progress: '../projections/progress.ts#Progress',
      LogLine: '../projections/logs.ts#NumberedLine',
      WaitingFor: '../projections/waiting-for.ts#WaitingFor',
      Replay: '../domain/replay.ts#Replay',
    },
  },
  jobs: {
    folder: 'subgraphs/jobs/graphql',
    context: 'JobsContext',
    mappers: {
      Calendar: '../domain/calendar.ts#Calendar',
      CalendarChange: '../projections/calendar-rows.ts#CalendarVersion',
      AfterJob: '../domain/after-job.ts#AfterJob',
      Archive: '../domain/job.ts#Archive',
      Job: '../domain/job.ts#Job',
      JobStatus: '../domain/job-status.ts#JobStatus',
      JobConnection: './job-list.ts#JobList',
      JobHistoryEntry: '../projections/job-history.ts#JobStep',
      Pause: '../domain/job.ts#Pause',
      Trigger: '../commands/trigger-job.ts#Trigger',
      Webhook: '../projections/webhooks.ts#KnownWebhook',
      WebhookDelivery: '../projections/webhook-deliveries.ts#Delivery',
      WebhookWithSecret: '../commands/set-webhook.ts#WebhookWithSecret',
      Backfill: '../domain/backfill.ts#Backfill',
      Explanation: '../domain/explain.ts#Explanation',
      JobMissed: '../domain/missed.ts#Missed',
      Occurrence: '../domain/occurrence.ts#Occurrence',
      Simulation: '../domain/simulate-schedule.ts#Simulation',
      SimulatedFire: '../domain/simulate-schedule.ts#ImaginedFire',
      SimulatedSkip: '../domain/simulate-schedule.ts#ImaginedSkip',
      OccurrenceConnection: './occurrence-list.ts#OccurrenceList',
    },
  },
  registry: { folder: 'gateway/registry', context: 'RegistryContext', mappers: {} },
}

const outputs = Object.entries(SUBGRAPHS).map(([subgraph, { folder, context, mappers }]) => [
  `${folder}/schema.generated.ts`,
  {
    schema: typeDefFiles(new URL(`schemas/${subgraph}.graphql`, import.meta.url)).map((file) => fileURLToPath(file)),
    plugins: ['typescript', 'typescript-resolvers'],
    config: {
      federation: true,
      strictScalars: true,
      immutableTypes: true,
      useTypeImports: true,
      // An `enum` is not erasable: tsc refuses it, and Node cannot run it.
      enumsAsTypes: true,
      // Every root field must have a resolver.
      avoidOptionals: { field: true, query: true, mutation: true, subscription: true },
      contextType: `./context.ts#${context}`,
      mappers,
      // A mapper named like its GraphQL type must not collide with it.
      mapperTypeSuffix: 'Source',
      scalars: { DateTime: 'Date', Duration: 'number', JSON: 'unknown', TimeZone: 'string', _FieldSet: 'string' },
    },
  },
])

const config: CodegenConfig = { generates: Object.fromEntries(outputs) }

export default config
