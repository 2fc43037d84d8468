import { DomainError, invariant } from '#platform/domain'
import { connection, type Page, pageOf } from '#platform/graphql'
import { authorize } from '#platform/identity'
import { watch } from '#platform/projections'
import { replayKey } from '../change-keys.ts'
import type { OperatorAnswer } from '../commands/operate.ts'
import type { ReplayDryRun, SubmitReplay } from '../commands/submit-replay.ts'
import type { Execution } from '../domain/execution.ts'
import type { Replay } from '../domain/replay.ts'
import { itemsAfter, type ReplayItem } from '../projections/replay-items.ts'
import { findReplay, listReplays, replayOf } from '../projections/replays.ts'
import type { Context } from './context.ts'
import type { ExecutionPage, ListArgs } from './execution-page.ts'
import type { MutationReplayArgs, MutationResolvers, QueryResolvers, ReplayResolvers } from './schema.generated.ts'

/** One state of `replayChanged`. */
export interface ReplayChangedEvent {
  readonly replayChanged: Replay
}

/** What is read of replays. */
export const replayQuery: Pick<QueryResolvers, 'replay' | 'replays'> = {
  replay: (_parent, { id }, context) => knownReplay(context, id),
  async replays(_parent, args, { database, caller }) {
    const page = pageOf(args)
    const [requestedAtMs, id] = page.after ?? []
    const before = page.after && { requestedAtMs: Number(requestedAtMs), id: String(id) }
    const found = await listReplays(database, caller().workspaceIds, before, page.first + 1)
    return connection(page, found, (replay) => [replay.requestedAtMs, replay.id ?? ''])
  },
}

/** What is asked of replays. */
export const replayMutation: Pick<MutationResolvers, 'retryExecution' | 'replay' | 'stopReplay'> = {
  async retryExecution(_parent, { id: executionId, idempotencyKey, overlap }, { operate, caller }) {
    const how = { idempotencyKey: idempotencyKey ?? undefined, overlap: overlap ?? undefined }
    const request = { executionId, caller: caller(), ...how }
    const [execution] = (await operate({ kind: 'retry', ...request })).executions
    invariant(execution, 'a retry is answered with an execution')
    return execution
  },
  replay: async (_parent, args, { operate, caller }) =>
    theReplay((await operate({ kind: 'replay', caller: caller(), ...askedOf(args) })).replay),
  stopReplay: async (_parent, { id: replayId }, { operate, caller }) =>
    theReplay((await operate({ kind: 'stopReplay', caller: caller(), replayId })).replay),
}

/** The type of replays. */
export const replayTypes = {
  Replay: {
    requestedAt: ({ requestedAtMs }) => new Date(requestedAtMs),
    endedAt: ({ endedAtMs }) => (endedAtMs === null ? null : new Date(endedAtMs)),
    origins: (replay, args, context) =>
      'originIds' in replay ? imagined(replay, args, context) : itemPage(replay, args, context, 'origin_id'),
    executions: (replay, args, context) =>
      'originIds' in replay ? empty(args) : itemPage(replay, args, context, 'execution_id'),
  } satisfies ReplayResolvers<Context, Replay | ReplayDryRun>,
}

/**
 * A replay as it is now, then each change.
 *
 * @throws {DomainError} REPLAY_NOT_FOUND, also for another's
 */
export async function subscribeToReplay(
  context: Context,
  { id }: { readonly id: string },
): Promise<AsyncIterableIterator<ReplayChangedEvent>> {
  const { workspaceId } = authorize(context.caller(), 'read', await knownReplay(context, id), 'REPLAY_NOT_FOUND')
  const key = replayKey(workspaceId, id)
  return watch({
    feed: context.feed,
    keys: [key],
    async current() {
      const now = await knownReplay(context, id)
      return now ? [{ key, version: now.version, state: { replayChanged: now } }] : []
    },
    parse: ({ state }) => ({ replayChanged: JSON.parse(state) as Replay }),
  })
}

async function knownReplay({ database, caller }: Context, id: string): Promise<Replay | null> {
  const row = await findReplay(database.reader, caller().workspaceIds, id)
  return row ? replayOf(row) : null
}

function askedOf({
  filter,
  params,
  overlap,
  replayId,
  executionsPerMinuteMax,
  dryRun,
  jobVersionMin,
}: MutationReplayArgs): Omit<SubmitReplay, 'caller'> {
  return {
    filter: {
      jobId: filter.jobId ?? undefined,
      statuses: filter.statuses ?? undefined,
      fromMs: filter.from?.getTime(),
      toMs: filter.to?.getTime(),
      cause: filter.cause ?? undefined,
      errorCode: filter.errorCode ?? undefined,
      rerun: filter.rerun ?? undefined,
    },
    params: params ?? undefined,
    overlap: overlap ?? undefined,
    replayId: replayId ?? undefined,
    executionsPerMinuteMax: executionsPerMinuteMax ?? undefined,
    dryRun: dryRun ?? undefined,
    jobVersionMin: jobVersionMin ?? undefined,
  }
}

function theReplay(replay: OperatorAnswer['replay']): Replay | ReplayDryRun {
  invariant(replay, 'what is asked of a replay is answered with it')
  return replay
}

async function itemPage(
  { id, workspaceId, selectedCount, queuedCount }: Replay,
  args: ListArgs,
  context: Context,
  which: 'origin_id' | 'execution_id',
): Promise<ExecutionPage> {
  invariant(id !== null, 'a replay that is stored has an id')
  const page = pageOf(args)
  const queuedOnly = which === 'execution_id'
  const replay = { workspaceId, id }
  const items = await itemsAfter(context.database.reader, replay, placeOf(page), page.first + 1, { queuedOnly })
  return {
    ...(await loaded(page, items, which, context)),
    countAll: async () => (queuedOnly ? queuedCount : selectedCount),
  }
}

async function imagined({ originIds }: ReplayDryRun, args: ListArgs, context: Context): Promise<ExecutionPage> {
  const page = pageOf(args)
  const place = placeOf(page)
  const start = originIds.findIndex((id) => id > place)
  const some = start === -1 ? [] : originIds.slice(start, start + page.first + 1)
  const items = some.map((origin_id) => ({ origin_id, execution_id: null }))
  return { ...(await loaded(page, items, 'origin_id', context)), countAll: async () => originIds.length }
}

function empty(args: ListArgs): ExecutionPage {
  return { ...connection<Execution>(pageOf(args), [], () => []), countAll: async () => 0 }
}

/** Places are those of origins, so that a page goes on where another ended even if an execution was dropped meanwhile. */
async function loaded(page: Page, items: readonly ReplayItem[], which: keyof ReplayItem, { executions }: Context) {
  const { edges, pageInfo } = connection(page, items, ({ origin_id }) => [origin_id])
  const found = await Promise.all(edges.map(({ node }) => executions.load(node[which] ?? '')))
  const nodes = edges.flatMap(({ cursor }, index) => {
    const node = found[index]
    return node ? [{ cursor, node }] : []
  })
  return { edges: nodes, pageInfo }
}

function placeOf({ after }: Page): string {
  if (after === null) return ''
  const [originId] = after
  if (typeof originId === 'string') return originId
  throw new DomainError('BAD_USER_INPUT', 'after is not a cursor of this list.', { argument: 'after' })
}
