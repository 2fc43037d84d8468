import type { Unit } from '#platform/database'
import { DomainError } from '#platform/domain'
import { CHAIN_JOBS_MAX, type ChainLink, chainCycle, FOLLOWERS_MAX } from '../domain/after-job.ts'
import { followersOf, type LinkedJob, linkedJob, lockChains } from '../projections/chains.ts'

/** Jobs that are to follow another one. */
export interface Following {
  readonly afterJobId: string
  /** The job that is changed; null for new ones, which nothing follows yet. */
  readonly job: ChainLink | null
  /** How many they are. */
  readonly added: number
}

const PATH = 'afterJob.jobId'
const UPSTREAMS_MAX = 100
const AFTER_MAX = 1_000

/**
 * Checks that jobs may follow others, and keeps the chains of the workspace as they are until the unit commits: two who
 * change them at once cannot close a circle together.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, CHAIN_CYCLE, LIMIT_EXCEEDED
 */
export async function checkChains(unit: Unit, workspaceId: string, followings: readonly Following[]): Promise<void> {
  if (followings.length === 0) return
  if (followings.length > UPSTREAMS_MAX) {
    throw tooMuch(`at most ${UPSTREAMS_MAX} jobs are followed by those that are created at once`, UPSTREAMS_MAX)
  }
  await lockChains(unit, workspaceId)
  for (const following of followings) await checkChain(unit, workspaceId, following)
}

/** The refusal of a job that another one cannot follow. */
export function cannotFollow(upstream: Pick<LinkedJob, 'state'> | undefined): DomainError | null {
  if (!upstream) return new DomainError('JOB_NOT_FOUND', 'no such job', { path: PATH })
  if (upstream.state !== 'ARCHIVED') return null
  return new DomainError('JOB_ARCHIVED', 'the job is archived: nothing follows it any more', { path: PATH })
}

async function checkChain(unit: Unit, workspaceId: string, { afterJobId, job, added }: Following): Promise<void> {
  const before = await jobsBefore(unit, workspaceId, afterJobId)
  const refusal = cannotFollow(before[0])
  if (refusal) throw refusal
  const self = job ? before.findIndex(({ id }) => id === job.id) : -1
  if (job && self !== -1) throw chainCycle([job, ...before.slice(0, self).reverse()])

  const levels = job ? await levelsAfter(unit, workspaceId, job.id) : 0
  if (before.length + 1 + levels > CHAIN_JOBS_MAX) {
    throw tooMuch(`a chain has at most ${CHAIN_JOBS_MAX} jobs, each after the one before`, CHAIN_JOBS_MAX)
  }
  const followers = (await followersOf(unit, [workspaceId], [afterJobId])).get(afterJobId) ?? []
  const others = followers.filter(({ state }) => state.id !== job?.id)
  if (others.length + added > FOLLOWERS_MAX) {
    throw tooMuch(`at most ${FOLLOWERS_MAX} jobs follow one`, FOLLOWERS_MAX)
  }
}

/** The job that is followed, the one that this follows, and so on: an archived one leads no further. */
async function jobsBefore(unit: Unit, workspaceId: string, afterJobId: string): Promise<readonly LinkedJob[]> {
  const before: LinkedJob[] = []
  for (let id: string | null = afterJobId; id !== null && before.length <= CHAIN_JOBS_MAX; ) {
    const link: LinkedJob | undefined = await linkedJob(unit, workspaceId, id)
    if (!link || (link.state === 'ARCHIVED' && before.length > 0)) break
    before.push(link)
    id = link.afterJobId
  }
  return before
}

/** How many jobs the longest chain after a job has. */
async function levelsAfter(unit: Unit, workspaceId: string, jobId: string): Promise<number> {
  let ids: readonly string[] = [jobId]
  for (let levels = 0; levels < CHAIN_JOBS_MAX; levels++) {
    ids = [...(await followersOf(unit, [workspaceId], ids)).values()].flat().map(({ state }) => state.id)
    if (ids.length === 0) return levels
    if (ids.length > AFTER_MAX) throw tooMuch(`more than ${AFTER_MAX} jobs would move with it`, AFTER_MAX)
  }
  return CHAIN_JOBS_MAX
}

function tooMuch(message: string, limit: number): DomainError {
  return new DomainError('LIMIT_EXCEEDED', message, { limit, path: PATH })
}
