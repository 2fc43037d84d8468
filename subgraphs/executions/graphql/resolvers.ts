import { invariant } from '#platform/domain'
import { dateTimeScalar, durationScalar, jsonScalar } from '#platform/graphql'
import type { OperatorAnswer } from '../commands/operate.ts'
import { workspaceOf } from '../commands/set-retention.ts'
import type { Execution } from '../domain/execution.ts'
import { spansOf } from '../projections/retention.ts'
import { artefactSlice, artefactText } from './artefact-content.ts'
import type { Context } from './context.ts'
import { deadLetterMutation, deadLetterQuery, deadLetterTypes } from './dead-letter-resolvers.ts'
import { executionPage } from './execution-page.ts'
import { logPage } from './log-page.ts'
import { replayMutation, replayQuery, replayTypes, subscribeToReplay } from './replay-resolvers.ts'
import type { Resolvers } from './schema.generated.ts'
import { subscribeToExecutions, subscribeToLog } from './subscriptions.ts'

/** The resolvers of schemas/executions.graphql: they translate, and decide nothing. */
export const executionsResolvers = {
  DateTime: dateTimeScalar,
  JSON: jsonScalar,
  Duration: durationScalar,

  Query: {
    execution: (_parent, { id }, { executions }) => executions.load(id),
    executions: (_parent, args, context) => executionPage(context, args),
    retention: (_parent, { workspaceId }, context) => retentionOf(context, workspaceId ?? null),
    ...replayQuery,
    ...deadLetterQuery,
  },

  Mutation: {
    ...replayMutation,
    ...deadLetterMutation,
    cancelExecution: async (_parent, { id: executionId, reason }, context) =>
      theOne(await context.operate({ kind: 'cancel', caller: context.caller(), executionId, reason: reason ?? '' })),
    cancelExecutions: (_parent, { filter: { jobId, statuses }, reason }, context) =>
      context.operate({
        kind: 'cancelMany',
        caller: context.caller(),
        jobId: jobId ?? undefined,
        statuses: statuses ?? undefined,
        reason: reason ?? '',
      }),
    releaseExecution: async (_parent, { id: executionId }, context) =>
      theOne(await context.operate({ kind: 'release', caller: context.caller(), executionId })),
    failExecution: async (_parent, { id: executionId, reason }, context) =>
      theOne(await context.operate({ kind: 'fail', caller: context.caller(), executionId, reason: reason ?? '' })),
    setRetention: async (_parent, { input: { workspaceId = null, executionsFor, logsFor } }, context) => {
      const spans = { executionsMs: executionsFor ?? null, logsMs: logsFor ?? null }
      await context.operate({ kind: 'setRetention', caller: context.caller(), workspaceId, spans })
      return retentionOf(context, workspaceId)
    },
  },

  Subscription: {
    executionChanged: { subscribe: (_parent, args, context) => subscribeToExecutions(context, args) },
    executionLog: { subscribe: (_parent, args, context) => subscribeToLog(context, args) },
    replayChanged: { subscribe: (_parent, args, context) => subscribeToReplay(context, args) },
  },

  Job: {
    // Every job has a list of executions here; that of another's job is as empty as that of one which never ran.
    __resolveReference: ({ id }) => ({ id }),
    executions: ({ id }, args, context) => executionPage(context, args, id),
  },

  Execution: {
    __resolveReference: ({ id }, { executions }) => executions.load(id),
    job: ({ jobId }) => ({ id: jobId }),
    origin: ({ originId }, _args, { executions }) => (originId ? executions.load(originId) : null),
    params: ({ params }) => JSON.parse(params),
    scheduledFor: ({ scheduledAtMs }) => new Date(scheduledAtMs),
    queuedAt: ({ queuedAtMs }) => new Date(queuedAtMs),
    startedAt: ({ startedAtMs }) => dateOf(startedAtMs),
    finishedAt: ({ finishedAtMs }) => dateOf(finishedAtMs),
    retryAt: ({ retryAtMs }) => dateOf(retryAtMs),
    waitingFor: (execution, _args, { waits }) => waits.load(execution),
    result: ({ result }) => (result === null ? null : JSON.parse(result)),
    progress: ({ id }, _args, { progress }) => progress.load(id),
    async artefacts({ id }, { name }, { artefacts }) {
      const all = await artefacts.load(id)
      return name == null ? all : all.filter((artefact) => artefact.name === name)
    },
    attempts: (execution) => execution.attempts.map((attempt) => ({ ...attempt, execution })),
    logs: (execution, args, context) => logPage(context, execution, args),
  },

  WaitingFor: {
    until: ({ untilMs }) => dateOf(untilMs),
  },

  Cancellation: {
    requestedAt: ({ requestedAtMs }) => new Date(requestedAtMs),
    acknowledgedAt: ({ acknowledgedAtMs }) => dateOf(acknowledgedAtMs),
    kind: ({ by }) => by.kind,
    by: ({ by }) => (by.kind === 'USER' ? by.userId : by.executionId),
  },

  Attempt: {
    executor: ({ executorId }) => executorId,
    startedAt: ({ startedAtMs }) => new Date(startedAtMs),
    finishedAt: ({ finishedAtMs }) => dateOf(finishedAtMs),
    lateResultAt: ({ lateResultAtMs }) => dateOf(lateResultAtMs),
    logs: ({ execution, number }, args, context) => logPage(context, execution, { ...args, attempt: number }),
  },

  Artefact: {
    content: (artefact, _args, context) => artefactText(context, artefact),
    slice: (artefact, { from }, context) => artefactSlice(context, artefact, from ?? 0),
  },

  Progress: {
    at: ({ atMs }) => new Date(atMs),
    percent: ({ percent }) => percent ?? null,
    step: ({ step }) => step ?? null,
    message: ({ message }) => message ?? null,
  },

  LogLine: {
    at: ({ atMs }) => new Date(atMs),
  },

  ...replayTypes,
  ...deadLetterTypes,

  ExecutionConnection: {
    totalCount: ({ countAll }) => countAll(),
  },
} satisfies Resolvers

async function retentionOf({ caller, database, retention }: Context, named: string | null) {
  const workspaceId = workspaceOf(caller(), named)
  const { executionsMs, logsMs } = await spansOf(database.reader, workspaceId, retention)
  return { workspaceId, executionsFor: executionsMs, logsFor: logsMs }
}

function theOne({ executions: [execution] }: OperatorAnswer): Execution {
  invariant(execution, 'what is asked of one execution is answered with it')
  return execution
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
