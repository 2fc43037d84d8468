import { sendJson } from '../http/exchange.ts'
import type { Route } from '../http/router.ts'
import { sendArtefact } from './artefact-download.ts'
import { ask, notFound, objectBody, pageQuery, type RestOptions, sendFound } from './ask.ts'
import { sendLog } from './log-download.ts'

interface Logs {
  readonly edges: readonly { readonly cursor: string; readonly node: object }[]
  readonly pageInfo: object
}

interface Execution {
  readonly id: string
  readonly job: { readonly id: string }
}

const EXECUTION = `{
  id job { id } jobVersion jobType params status cause scheduledFor queuedAt startedAt finishedAt retryAt blockedBy result version
  cancellation { requestedAt by reason acknowledgedAt }
  error { code message }
  progress { percent step message data at attempt }
  attempts { number status executor startedAt finishedAt lateResultAt error { code message } }
  artefacts { name mediaType sizeBytes sha256 }
}`
const READ = `query RestExecution($id: ID!) { execution(id: $id) ${EXECUTION} }`
const CANCEL = `mutation RestCancelExecution($id: ID!, $reason: String = "") {
  execution: cancelExecution(id: $id, reason: $reason) ${EXECUTION}
}`
const FAIL = `mutation RestFailExecution($id: ID!, $reason: String = "") {
  execution: failExecution(id: $id, reason: $reason) ${EXECUTION}
}`
const RELEASE = `mutation RestReleaseExecution($id: ID!) { execution: releaseExecution(id: $id) ${EXECUTION} }`
const RETRY = `mutation RestRetryExecution($id: ID!, $idempotencyKey: String, $overlap: Overlap) {
  execution: retryExecution(id: $id, idempotencyKey: $idempotencyKey, overlap: $overlap) ${EXECUTION}
}`
const LOGS = `query RestExecutionLogs($id: ID!, $first: Int = 100, $after: String) {
  execution(id: $id) {
    logs(first: $first, after: $after) {
      edges { cursor node { seq attempt at level message } } pageInfo { hasNextPage endCursor }
    }
  }
}`

/** `/executions`: read one, its log, and what it made; end it, let it go on, or run it again. */
export function executionsRoutes(rest: RestOptions): readonly Route[] {
  const changeRoute = (change: string, query: string, takesReason: boolean): Route => ({
    method: 'POST',
    path: `/executions/:id/${change}`,
    async answer(exchange) {
      const { reason } = takesReason ? await objectBody(exchange, true) : {}
      const variables = { ...exchange.params, ...(reason !== undefined && { reason }) }
      await ask<{ execution: Execution }>(rest, exchange, query, variables, ({ execution }) =>
        sendJson(exchange, 200, shown(execution)),
      )
    },
  })

  return [
    changeRoute('cancel', CANCEL, true),
    changeRoute('fail', FAIL, true),
    changeRoute('release', RELEASE, false),
    {
      method: 'POST',
      path: '/executions/:id/retry',
      async answer(exchange) {
        const { overlap } = await objectBody(exchange, true)
        const idempotencyKey = exchange.request.headers['idempotency-key']
        const variables = { ...exchange.params, idempotencyKey, overlap }
        await ask<{ execution: Execution }>(rest, exchange, RETRY, variables, ({ execution }) =>
          sendJson(exchange, 201, shown(execution), { location: `/executions/${execution.id}` }),
        )
      },
    },
    {
      method: 'GET',
      path: '/executions/:id',
      answer: (exchange) =>
        ask<{ execution: Execution | null }>(rest, exchange, READ, exchange.params, ({ execution }) => {
          if (!execution) throw notFound('EXECUTION_NOT_FOUND')
          sendJson(exchange, 200, shown(execution))
        }),
    },
    {
      method: 'GET',
      path: '/executions/:id/logs',
      async answer(exchange) {
        const variables = { ...exchange.params, ...pageQuery(exchange.search).page }
        await ask<{ execution: { logs: Logs } | null }>(rest, exchange, LOGS, variables, ({ execution }) => {
          const logs = execution?.logs
          const lines = logs?.edges.map(({ cursor, node }) => ({ ...node, cursor }))
          sendFound(exchange, logs && { logs: lines, pageInfo: logs.pageInfo }, 'EXECUTION_NOT_FOUND')
        })
      },
    },
    { method: 'GET', path: '/executions/:id/log', answer: (exchange) => sendLog(rest, exchange) },
    { method: 'GET', path: '/executions/:id/artefacts/:name', answer: (exchange) => sendArtefact(rest, exchange) },
  ]
}

function shown({ job, ...others }: Execution): object {
  return { jobId: job.id, ...others }
}
