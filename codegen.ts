import type { CodegenConfig } from '@graphql-codegen/cli'

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
      Attempt: '../domain/execution.ts#Attempt',
      Execution: '../domain/execution.ts#Execution',
      ExecutionConnection: './execution-page.ts#ExecutionPage',
      Job: './job-reference.ts#JobReference',
      LogLine: '../projections/logs.ts#NumberedLine',
    },
  },
  jobs: {
    folder: 'subgraphs/jobs/graphql',
    context: 'JobsContext',
    mappers: {
      Job: '../domain/job.ts#Job',
      JobStatus: '../domain/job-status.ts#JobStatus',
      JobConnection: './job-list.ts#JobList',
      Trigger: '../commands/trigger-job.ts#Trigger',
    },
  },
  registry: { folder: 'gateway/registry', context: 'RegistryContext', mappers: {} },
}

const outputs = Object.entries(SUBGRAPHS).map(([subgraph, { folder, context, mappers }]) => [
  `${folder}/schema.generated.ts`,
  {
    schema: `schemas/${subgraph}.graphql`,
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
      scalars: { DateTime: 'Date', JSON: 'unknown', _FieldSet: 'string' },
    },
  },
])

const config: CodegenConfig = { generates: Object.fromEntries(outputs) }

export default config
