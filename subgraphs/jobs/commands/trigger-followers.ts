import type { Unit } from '#platform/database'
import { keepAnswers, knownCommands } from '#platform/event-store'
import { publish } from '#platform/outbox'
import { leadsOn } from '../domain/after-job.ts'
import { job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { followersOf } from '../projections/chains.ts'
import type { SavedJob } from '../projections/job-rows.ts'
import { appendChanges, type DecidedJob } from './append-changes.ts'
import type { ToldFact } from './apply-facts.ts'
import { JOBS } from './complete-jobs.ts'
import { changesOf, type DecidedChange, outgoing, projectJobs } from './project-changes.ts'

/** An end of an execution, and a job that it leads to. */
interface Lead {
  readonly told: ToldFact
  readonly executionId: string
  readonly follower: SavedJob
  /** Unique for the pair: an end that is told again leads to nothing more. */
  readonly commandId: string
}

/**
 * Triggers the jobs that follow those whose executions have ended, each once for each execution, whatever is told again.
 * Whether a paused one runs is decided by the scheduler, which writes down that it does not.
 */
export async function triggerFollowers(
  unit: Unit,
  { schemas, clock }: Pick<JobsParts, 'schemas' | 'clock'>,
  facts: readonly ToldFact[],
): Promise<void> {
  const leads = await newLeads(unit, await leadsOf(unit, facts))
  if (leads.length === 0) return
  await keepAnswers(
    unit,
    leads.map(({ commandId }) => ({ commandId, request: null, answer: null })),
  )
  const triggers = [...Map.groupBy(leads, ({ follower }) => follower.state.id).values()].map((ofJob) =>
    triggersOf(ofJob, { now: unit.now, newId: clock.newId }),
  )
  const { jobs } = await appendChanges(
    unit,
    triggers.map(({ decided }) => decided),
  )
  await projectJobs(unit, jobs)
  await publish(
    unit,
    schemas,
    triggers.flatMap(({ told }) =>
      told.flatMap(({ change, correlationId, traceparent = null }) =>
        outgoing(change, correlationId).map((record) => ({ ...record, traceparent })),
      ),
    ),
  )
}

async function leadsOf(unit: Unit, facts: readonly ToldFact[]): Promise<readonly Lead[]> {
  const ends = facts.filter(({ fact }) => fact.kind === 'execution' && leadsOn('ANY', fact.status))
  if (ends.length === 0) return []
  const workspaceIds = [...new Set(ends.map(({ workspaceId }) => workspaceId))]
  const followers = await followersOf(unit, workspaceIds, [...new Set(ends.map(({ jobId }) => jobId))])
  return ends.flatMap((told) => {
    const { jobId, workspaceId, fact } = told
    if (fact.kind !== 'execution') return []
    const { executionId, status } = fact
    return (followers.get(jobId) ?? [])
      .filter(
        ({ state: { afterJob, workspaceId: of } }) => of === workspaceId && afterJob && leadsOn(afterJob.on, status),
      )
      .map((follower) => {
        const commandId = `chain/${workspaceId}/${follower.state.id}/${executionId}`
        return { told, executionId, follower, commandId }
      })
  })
}

async function newLeads(unit: Unit, leads: readonly Lead[]): Promise<readonly Lead[]> {
  const byId = new Map(leads.map((lead) => [lead.commandId, lead]))
  const known = await knownCommands(
    unit,
    [...byId.keys()].map((commandId) => ({ commandId, request: null })),
  )
  for (const commandId of known.keys()) byId.delete(commandId)
  return [...byId.values()]
}

interface ToldTrigger extends Pick<ToldFact, 'correlationId' | 'traceparent'> {
  readonly change: DecidedChange
}

/** What the ends that lead to one job make of it, one after the other. */
function triggersOf(
  leads: readonly Lead[],
  { now, newId }: { readonly now: Date; readonly newId: () => string },
): { readonly decided: DecidedJob; readonly told: readonly ToldTrigger[] } {
  const [first] = leads as [Lead, ...Lead[]]
  const { state, head } = first.follower
  const told: ToldTrigger[] = []
  let reached = state
  for (const { executionId: follows, told: cause } of leads) {
    const trigger = {
      type: 'TriggerJob',
      executionId: newId(),
      key: follows,
      params: null,
      follows,
      overlap: null,
      now,
    } as const
    const changes = changesOf(reached, job.decide(trigger, reached))
    reached = changes.at(-1)?.after ?? reached
    const { correlationId, traceparent } = cause
    told.push(...changes.map((change) => ({ change, correlationId, traceparent })))
  }
  const { correlationId, causationId } = first.told
  const context = { workspaceId: state.workspaceId, actor: JOBS, correlationId, causationId }
  return { decided: { ...context, head, changes: told.map(({ change }) => change) }, told }
}
