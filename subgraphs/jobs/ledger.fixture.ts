import { type Fire, fireDefaults, type ScheduleAdvanced, type Skip, scheduleAdvancedDefaults } from '#avro'
import type { JobsStage, ToldRecord } from './jobs.fixture.ts'
import type { Job } from './main.ts'

/** The scheduler's word on a job, with what it fired and skipped. */
export function decided(
  { id: jobId, workspaceId }: Job,
  version: number,
  decision: Partial<ScheduleAdvanced> & { readonly decidedAt: Date },
): ToldRecord {
  const defaults = { ...scheduleAdvancedDefaults, appliedVersion: 1, fired: [], nextFireAt: null, exhausted: false }
  return { version, advanced: { jobId, workspaceId, ...defaults, ...decision } }
}

/** A nominal time that fired on schedule. */
export function fire(scheduledFor: Date, changes: Partial<Fire> = {}): Fire {
  const executionId = `execution-at-${scheduledFor.toISOString()}`
  return { executionId, cause: 'schedule', scheduledFor, ...fireDefaults, jobVersion: 1, ...changes }
}

/** Nominal times that were skipped, one by default. */
export function skip(from: Date, changes: Partial<Skip> = {}): Skip {
  const why = { outcome: 'SKIPPED_CATCHUP', reason: 'CATCHUP_NONE', detail: '' } as const
  return { cause: 'schedule', from, through: from, count: 1, ...why, jobVersion: 1, wallTime: null, ...changes }
}

/** A page of the ledger as it is answered. */
export interface Listed {
  readonly totalCount: number
  readonly edges: readonly { readonly cursor: string; readonly node: Record<string, unknown> }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
}

const PAGE = `totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
  scheduledFor through count outcome reason } }`
const OF_JOB = `query ($id: ID!, $from: DateTime, $to: DateTime, $outcome: [OccurrenceOutcome!], $first: Int, $after: String) {
  job(id: $id) { occurrences(from: $from, to: $to, outcome: $outcome, first: $first, after: $after) { ${PAGE} } } }`
const LEDGER = `query ($filter: OccurrenceFilter, $first: Int, $after: String) {
  occurrenceLedger(filter: $filter, first: $first, after: $after) { ${PAGE} } }`

/** A page of a job's records. */
export async function recordsOf(stage: JobsStage, { id }: Pick<Job, 'id'>, variables: object = {}): Promise<Listed> {
  const { occurrences } = await stage.ask<{ occurrences: Listed }>(OF_JOB, plain({ id, ...variables }))
  return occurrences
}

/** A page of the ledger over all jobs. */
export function ledgerOf(stage: JobsStage, variables: object = {}, token = 'alice'): Promise<Listed> {
  return stage.ask<Listed>(LEDGER, plain(variables), token)
}

/** Records in short: `12:00+3 FIRED`. */
export function brief({ edges }: Listed): readonly string[] {
  return edges.map(({ node }) => {
    const count = node['count'] === 1 ? '' : `x${node['count']}`
    return `${String(node['scheduledFor']).slice(11, 16)}${count} ${node['outcome']}`
  })
}

function plain(variables: object): object {
  return JSON.parse(JSON.stringify(variables)) as object
}
