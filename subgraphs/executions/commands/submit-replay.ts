import type { Database, Reader } from '#platform/database'
import { checkedIdempotencyKey, DomainError, invariant } from '#platform/domain'
import { type Caller, signedIn } from '#platform/identity'
import { REPLAYED_MAX, type Replay, type ReplayInput, type ReplayRequest, replayRequest } from '../domain/replay.ts'
import { definitionsOf, type JobDefinition } from '../projections/job-definitions.ts'
import { insertItems, insertReplayJobs, selectEnded } from '../projections/replay-items.ts'
import { findReplay, insertReplay, type ReplayRow, replayOf, requestText } from '../projections/replays.ts'
import type { CommandPorts } from './ports.ts'

/** What is to be run again, and under which name. */
export interface SubmitReplay extends ReplayInput {
  readonly caller: Caller | null
  /** The same name and the same wish are the same replay, however often it is sent; a new name when left out. */
  readonly replayId?: string | undefined
  /** By the latest definition of one job: this version of it must have been heard of. */
  readonly jobVersionMin?: number | undefined
  /** Tells exactly what would be run again, and changes nothing. */
  readonly dryRun?: boolean | undefined
}

/** What a replay would run again. */
export interface ReplayDryRun extends Replay {
  readonly id: null
  readonly originIds: readonly string[]
}

const REFUSED_MAX = 10

/**
 * Fixes a set of ended executions that is run again: a loop queues them one batch after another.
 *
 * @throws {DomainError} BAD_USER_INPUT; LIMIT_EXCEEDED with `{limit}`; IDEMPOTENCY_KEY_REUSED when the name stands for
 *   another wish; by the latest definitions also JOB_ARCHIVED, JOB_NOT_FOUND of a job that was not heard of yet, NOT_READY
 */
export async function submitReplay(ports: CommandPorts, asked: SubmitReplay): Promise<Replay | ReplayDryRun> {
  if (asked.dryRun) return dryRunReplay(ports.database, asked)
  const { userId, workspaceId } = ownerOf(asked.caller, 'run')
  const request = checkedRequest(asked)
  const id = checkedId(asked.replayId ?? ports.newId())
  return ports.database.unit([`replay:${workspaceId}:${id}`], async (unit) => {
    const known = await findReplay(unit, [workspaceId], id)
    if (known) return sameAs(known, request)
    const { originIds, definitions } = await selection(unit, ports.database, workspaceId, request, asked)
    const replay = { ...draft(request, workspaceId, userId, unit.now, originIds.length), id }
    if (!(await insertReplay(unit, replay))) return sameAs(await findReplay(unit, [workspaceId], id), request)
    await insertItems(unit, replay, originIds)
    await insertReplayJobs(unit, replay, definitions)
    return replay
  })
}

async function dryRunReplay(database: Database, asked: SubmitReplay): Promise<ReplayDryRun> {
  const { userId, workspaceId } = ownerOf(asked.caller, 'read')
  const request = checkedRequest(asked)
  if (asked.replayId !== undefined) checkedId(asked.replayId)
  const { originIds } = await selection(database.reader, database, workspaceId, request, asked)
  const drafted = draft(request, workspaceId, userId, await database.now(), originIds.length)
  return { ...drafted, id: null, state: 'DRY_RUN', endedAtMs: null, originIds }
}

function checkedRequest(asked: SubmitReplay): ReplayRequest {
  const request = replayRequest(asked)
  const { jobVersionMin } = asked
  if (jobVersionMin === undefined) return request
  const isOfOne = request.params === 'LATEST' && request.filter.jobId !== null
  if (isOfOne && Number.isInteger(jobVersionMin) && jobVersionMin >= 1) return request
  const message = isOfOne
    ? 'jobVersionMin is a version of the job: versions count from 1'
    : 'jobVersionMin is for a replay of one job by its latest definition'
  throw new DomainError('BAD_USER_INPUT', message, { argument: 'jobVersionMin' })
}

function ownerOf(caller: Caller | null, action: 'run' | 'read') {
  const { userId, workspaceIds } = signedIn(caller, action)
  const [workspaceId] = workspaceIds
  if (workspaceId === undefined) throw new DomainError('FORBIDDEN', 'you are in no workspace')
  return { userId, workspaceId }
}

async function selection(
  reader: Reader,
  { dialect }: Database,
  workspaceId: string,
  { filter, params }: ReplayRequest,
  { jobVersionMin = 0 }: Pick<SubmitReplay, 'jobVersionMin'>,
): Promise<{ readonly originIds: readonly string[]; readonly definitions: readonly JobDefinition[] }> {
  const selected = await selectEnded(reader, dialect, workspaceId, filter, REPLAYED_MAX + 1)
  if (selected.length > REPLAYED_MAX) {
    const message = `a replay runs at most ${REPLAYED_MAX} executions again: choose fewer, by from and to`
    throw new DomainError('LIMIT_EXCEEDED', message, { limit: REPLAYED_MAX })
  }
  const originIds = selected.map(({ id }) => id)
  if (params === 'ORIGINAL') return { originIds, definitions: [] }
  const jobIds = [...new Set(selected.map(({ job_id }) => job_id))]
  const known = await definitionsOf(reader, workspaceId, jobIds)
  refuse(
    jobIds.filter((jobId) => !known.has(jobId)),
    'JOB_NOT_FOUND',
    'has not been heard of here yet: change it, or replay by ORIGINAL',
  )
  const old = jobIds.filter((jobId) => (known.get(jobId)?.version ?? 0) < jobVersionMin)
  refuse(old, 'NOT_READY', `has not been heard of in version ${jobVersionMin} yet: try again`)
  const archived = jobIds.filter((jobId) => known.get(jobId)?.isArchived)
  refuse(archived, 'JOB_ARCHIVED', 'is archived: nothing is its latest definition; replay by ORIGINAL')
  return { originIds, definitions: [...known.values()] }
}

function refuse(jobIds: readonly string[], code: 'JOB_NOT_FOUND' | 'JOB_ARCHIVED' | 'NOT_READY', why: string): void {
  if (jobIds.length === 0) return
  throw new DomainError(code, `job ${jobIds[0]} ${why}`, { jobIds: jobIds.slice(0, REFUSED_MAX) })
}

function draft(request: ReplayRequest, workspaceId: string, requestedBy: string, now: Date, selectedCount: number) {
  const state: Replay['state'] = selectedCount > 0 ? 'RUNNING' : 'COMPLETED'
  const requestedAtMs = now.getTime()
  return {
    ...request,
    ...{ workspaceId, requestedBy, requestedAtMs, state, selectedCount },
    ...{ queuedCount: 0, outcomes: [], endedAtMs: selectedCount > 0 ? null : requestedAtMs, version: 1 },
  }
}

function sameAs(row: ReplayRow | undefined, request: ReplayRequest): Replay {
  invariant(row, 'a name that is taken names a replay')
  if (row.request === requestText(request)) return replayOf(row)
  throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'this replayId was used for another replay')
}

// It is part of causes, of keys of locks and of the change feed, so it is as plain as they are.
function checkedId(id: string): string {
  return checkedIdempotencyKey(id, { argument: 'replayId' }, 'a replayId')
}
