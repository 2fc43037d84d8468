import { sendJson } from '../http/exchange.ts'
import type { Route } from '../http/router.ts'
import { ask, objectBody, pageQuery, type RestOptions, sendFound } from './ask.ts'

interface Connection {
  readonly edges: readonly { readonly node: object }[]
  readonly pageInfo: object
  readonly totalCount: number
}

const JOB = `{ id name jobType schedule params state version createdAt updatedAt nextFireTimes
  timeZone dstGap dstOverlap startAt endAt firesMax jitter catchup catchupWindow catchupMax lateAfter
  calendars { name version on } pauseOnFailures retry { attemptsMax backoff backoffMax nonRetryable }
  timeouts { scheduleToStart startToClose scheduleToClose heartbeat } onUnknown cancelGrace overlap bufferMax unique { key window }
  retention { executions logs }
  priority concurrencyKey concurrencyMax rate { perMinute burst }
  afterJob { job { id } on } pause { since until note by reason } warnings { code message position } }`
const STATUS = `{ phase lastOutcome nextFireAt lastFiredAt lastExecution { id } queuedCount runningCount retryingCount
  heldCount waitingCount succeededCount failedCount cancelledCount expiredCount skippedCount updatedAt version }`
const CREATE = `mutation RestCreateJob($input: CreateJobInput!) { job: createJob(input: $input) ${JOB} }`
const READ = `query RestJob($id: ID!) { job(id: $id) ${JOB} }`
const READ_STATUS = `query RestJobStatus($id: ID!) { job(id: $id) { id status ${STATUS} } }`
const TRIGGER = `mutation RestTriggerJob($id: ID!, $params: JSON, $idempotencyKey: String, $overlap: Overlap) {
  trigger: triggerJob(id: $id, params: $params, idempotencyKey: $idempotencyKey, overlap: $overlap) { executionId }
}`
const LIST = `query RestJobs($filter: JobFilter, $first: Int = 20, $after: String) {
  jobs(filter: $filter, first: $first, after: $after) {
    edges { node ${JOB} } pageInfo { hasNextPage endCursor } totalCount
  }
}`

/** `/jobs`: create, list, read and trigger over the graph. */
export function jobsRoutes(rest: RestOptions): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/jobs',
      async answer(exchange) {
        const idempotencyKey = exchange.request.headers['idempotency-key']
        const input = { ...(await objectBody(exchange)), ...(idempotencyKey !== undefined && { idempotencyKey }) }
        await ask<{ job: { id: string } }>(rest, exchange, CREATE, { input }, ({ job }) =>
          sendJson(exchange, 201, job, { location: `/jobs/${job.id}` }),
        )
      },
    },
    {
      method: 'GET',
      path: '/jobs',
      async answer(exchange) {
        const { query, page } = pageQuery(exchange.search)
        const variables = { ...page, filter: jobFilter(query) }
        await ask<{ jobs: Connection }>(rest, exchange, LIST, variables, ({ jobs }) => {
          const { edges, pageInfo, totalCount } = jobs
          sendJson(exchange, 200, { jobs: edges.map(({ node }) => node), pageInfo, totalCount })
        })
      },
    },
    {
      method: 'GET',
      path: '/jobs/:id',
      answer: (exchange) =>
        ask<{ job: object | null }>(rest, exchange, READ, exchange.params, ({ job }) =>
          sendFound(exchange, job, 'JOB_NOT_FOUND'),
        ),
    },
    {
      method: 'GET',
      path: '/jobs/:id/status',
      answer: (exchange) =>
        ask<{ job: { id: string; status: object } | null }>(rest, exchange, READ_STATUS, exchange.params, ({ job }) =>
          sendFound(exchange, job && { jobId: job.id, ...job.status }, 'JOB_NOT_FOUND'),
        ),
    },
    {
      method: 'POST',
      path: '/jobs/:id/trigger',
      async answer(exchange) {
        const { params, overlap } = await objectBody(exchange, true)
        const idempotencyKey = exchange.request.headers['idempotency-key']
        const variables = { ...exchange.params, params, overlap, idempotencyKey }
        await ask<{ trigger: { executionId: string } }>(rest, exchange, TRIGGER, variables, ({ trigger }) =>
          sendJson(exchange, 202, trigger, { location: `/executions/${trigger.executionId}` }),
        )
      },
    },
  ]
}

/** `?state=ACTIVE&jobType=ECHO&nameContains=…`; the first two may be repeated. */
function jobFilter(query: URLSearchParams): object {
  const states = query.getAll('state')
  const jobTypes = query.getAll('jobType')
  const nameContains = query.get('nameContains')
  return {
    ...(states.length > 0 ? { states } : {}),
    ...(jobTypes.length > 0 ? { jobTypes } : {}),
    ...(nameContains === null ? {} : { nameContains }),
  }
}
