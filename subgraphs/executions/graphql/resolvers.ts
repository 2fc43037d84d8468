import { dateTimeScalar, jsonScalar } from '#platform/graphql'
import { executionPage } from './execution-page.ts'
import { logPage } from './log-page.ts'
import type { Resolvers } from './schema.generated.ts'
import { subscribeToExecutions, subscribeToLog } from './subscriptions.ts'

/** The resolvers of schemas/executions.graphql: they translate, and decide nothing. */
export const executionsResolvers = {
  DateTime: dateTimeScalar,
  JSON: jsonScalar,

  Query: {
    execution: (_parent, { id }, { executions }) => executions.load(id),
    executions: (_parent, args, context) => executionPage(context, args),
  },

  Subscription: {
    executionChanged: { subscribe: (_parent, args, context) => subscribeToExecutions(context, args) },
    executionLog: { subscribe: (_parent, args, context) => subscribeToLog(context, args) },
  },

  Job: {
    // Every job has a list of executions here; that of another's job is as empty as that of one which never ran.
    __resolveReference: ({ id }) => ({ id }),
    executions: ({ id }, args, context) => executionPage(context, args, id),
  },

  Execution: {
    __resolveReference: ({ id }, { executions }) => executions.load(id),
    job: ({ jobId }) => ({ id: jobId }),
    params: ({ params }) => JSON.parse(params),
    scheduledFor: ({ scheduledAtMs }) => new Date(scheduledAtMs),
    queuedAt: ({ queuedAtMs }) => new Date(queuedAtMs),
    startedAt: ({ startedAtMs }) => dateOf(startedAtMs),
    finishedAt: ({ finishedAtMs }) => dateOf(finishedAtMs),
    result: ({ result }) => (result === null ? null : JSON.parse(result)),
    artefacts: ({ id }, _args, { artefacts }) => artefacts.load(id),
    logs: (execution, args, context) => logPage(context, execution, args),
  },

  Attempt: {
    executor: ({ executorId }) => executorId,
    startedAt: ({ startedAtMs }) => new Date(startedAtMs),
    finishedAt: ({ finishedAtMs }) => dateOf(finishedAtMs),
    lateResultAt: ({ lateResultAtMs }) => dateOf(lateResultAtMs),
  },

  LogLine: {
    at: ({ atMs }) => new Date(atMs),
  },

  ExecutionConnection: {
    totalCount: ({ countAll }) => countAll(),
  },
} satisfies Resolvers

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
