import { type Exchange, sendJson, sendText } from '../http/exchange.ts'
import type { Route } from '../http/router.ts'
import { ask, notFound, pageQuery, type RestOptions, sendFound } from './ask.ts'

interface Artefact {
  readonly name: string
  readonly mediaType: string
  readonly content: string
}

interface Logs {
  readonly edges: readonly { readonly cursor: string; readonly node: object }[]
  readonly pageInfo: object
}

const READ = `query RestExecution($id: ID!) {
  execution(id: $id) {
    id job { id } jobVersion jobType params status cause scheduledFor queuedAt startedAt finishedAt result version
    error { code message }
    attempts { number status executor startedAt finishedAt lateResultAt error { code message } }
    artefacts { name mediaType sizeBytes sha256 }
  }
}`
const LOGS = `query RestExecutionLogs($id: ID!, $first: Int = 100, $after: String) {
  execution(id: $id) {
    logs(first: $first, after: $after) {
      edges { cursor node { seq attempt at level message } } pageInfo { hasNextPage endCursor }
    }
  }
}`
const ARTEFACTS = 'query RestArtefacts($id: ID!) { execution(id: $id) { artefacts { name mediaType content } } }'

const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?charset=[\w-]+)?$/

/** `/executions`: read one, its log, and what it made. */
export function executionsRoutes(rest: RestOptions): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/executions/:id',
      answer: (exchange) =>
        ask<{ execution: { job: { id: string } } | null }>(rest, exchange, READ, exchange.params, ({ execution }) => {
          if (!execution) throw notFound('EXECUTION_NOT_FOUND')
          const { job, ...others } = execution
          sendJson(exchange, 200, { jobId: job.id, ...others })
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
    {
      method: 'GET',
      path: '/executions/:id/artefacts/:name',
      async answer(exchange) {
        const { id, name } = exchange.params
        type Answer = { execution: { artefacts: readonly Artefact[] } | null }
        await ask<Answer>(rest, exchange, ARTEFACTS, { id }, ({ execution }) => {
          if (!execution) throw notFound('EXECUTION_NOT_FOUND')
          const artefact = execution.artefacts.find((one) => one.name === name)
          if (!artefact) throw notFound('ARTEFACT_NOT_FOUND')
          sendArtefact(exchange, artefact)
        })
      },
    },
  ]
}

/** As a download, never as a page of ours: a task may have written what it likes. */
function sendArtefact({ response }: Exchange, { name, mediaType, content }: Artefact): void {
  const plainName = name.replace(/[^\w. -]/g, '_')
  sendText(response, 200, content, {
    'content-type': MEDIA_TYPE.test(mediaType) ? withCharset(mediaType) : 'application/octet-stream',
    // The second form (RFC 6266, §4.3) is for names beyond ASCII.
    'content-disposition': `attachment; filename="${plainName}"; filename*=UTF-8''${encodeRfc5987(name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
  })
}

function withCharset(mediaType: string): string {
  return mediaType.startsWith('text/') && !mediaType.includes('charset') ? `${mediaType}; charset=utf-8` : mediaType
}

function encodeRfc5987(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
