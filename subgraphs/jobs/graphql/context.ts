import DataLoader from 'dataloader'
import type { SubgraphCaller } from '#platform/graphql'
import { type Caller, signedIn, type TokenVerifier } from '#platform/identity'
import type { ChangeFeed } from '#platform/projections'
import type { Definition } from '../domain/definition.ts'
import type { Job } from '../domain/job.ts'
import type { JobStatus } from '../domain/job-status.ts'
import type { JobsParts } from '../parts.ts'
import { findFollowers } from '../projections/chains.ts'
import { findDefinitions } from '../projections/definitions.ts'
import { findJobs } from '../projections/find-jobs.ts'
import { type CalendarName, calendarKey, countStale } from '../projections/job-calendars.ts'
import { findStatuses } from '../projections/job-status-rows.ts'

/** What the resolvers of one operation share. */
export interface JobsContext {
  readonly parts: JobsParts
  readonly feed: ChangeFeed
  /** Null without a token. A bad token does not come this far. */
  readonly caller: Caller | null
  readonly correlationId: string
  /** Jobs and statuses by the job's id: null for what does not exist or is another's. */
  readonly jobs: DataLoader<string, Job | null>
  readonly statuses: DataLoader<string, JobStatus | null>
  /** By `calendarKey`: how many jobs still go by an earlier version of a calendar. */
  readonly staleJobs: DataLoader<CalendarName, number, string>
  /** The jobs that follow one. */
  readonly followers: DataLoader<string, readonly Job[] | null>
  /** What a job was over the stretches of its life. */
  readonly definitions: DataLoader<string, readonly Definition[] | null>
}

/** What a context is made from. */
export interface ContextOptions {
  readonly parts: JobsParts
  readonly feed: ChangeFeed
  readonly verifier: TokenVerifier
}

const IDS_A_BATCH = 1_000

/** Makes the context of one operation. @throws {DomainError} UNAUTHENTICATED for a bad token */
export async function contextFor(
  { parts, feed, verifier }: ContextOptions,
  { token, correlationId }: SubgraphCaller,
): Promise<JobsContext> {
  const caller = token ? await verifier.verify(token) : null
  const { reader } = parts.database
  return {
    parts,
    feed,
    caller,
    correlationId: correlationId ?? parts.clock.newId(),
    jobs: loader((ids) => findJobs(reader, signedIn(caller).workspaceIds, ids)),
    statuses: loader((ids) => findStatuses(reader, signedIn(caller).workspaceIds, ids)),
    staleJobs: new DataLoader(
      async (calendars) => {
        const counts = await countStale(reader, calendars)
        return calendars.map((calendar) => counts.get(calendarKey(calendar)) ?? 0)
      },
      { maxBatchSize: IDS_A_BATCH, cacheKeyFn: calendarKey },
    ),
    followers: loader((ids) => findFollowers(reader, signedIn(caller).workspaceIds, ids)),
    definitions: loader((ids) => findDefinitions(reader, signedIn(caller).workspaceIds, ids)),
  }
}

function loader<Found>(
  find: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
): DataLoader<string, Found | null> {
  return new DataLoader<string, Found | null>(
    async (ids) => {
      const found = await find(ids)
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize: IDS_A_BATCH },
  )
}
