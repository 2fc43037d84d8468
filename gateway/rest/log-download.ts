import type { GatewayContext } from '../graph/context.ts'
import { downloadHeaders, type Exchange, sendPart } from '../http/exchange.ts'
import { RefusedRequestError } from '../http/refusal.ts'
import { ask, askOn, type JsonObject, notFound, type RestOptions } from './ask.ts'

interface Line {
  readonly seq: number
  readonly attempt: number
  readonly at: string
  readonly level: string
  readonly message: string
}

interface LogAnswer {
  readonly execution: {
    readonly logs: {
      readonly edges: readonly { readonly node: Line }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  } | null
}

const LOG = `query RestLogDownload($id: ID!, $after: String, $search: String, $level: LogLevel, $attempt: Int) {
  execution(id: $id) {
    logs(first: 1000, after: $after, search: $search, level: $level, attempt: $attempt) {
      edges { node { seq attempt at level message } } pageInfo { hasNextPage endCursor }
    }
  }
}`

/** How a log is written. A message may have lines of its own, which must not look like lines of the log. */
const FORMATS = {
  text: {
    ending: 'log',
    mediaType: 'text/plain',
    write: ({ at, level, attempt, message }: Line) =>
      `${at} ${level.padEnd(5)} ${attempt} ${message.replace(/\r\n?|\n/g, '\n    ')}\n`,
  },
  jsonl: { ending: 'jsonl', mediaType: 'application/jsonl', write: (line: Line) => `${JSON.stringify(line)}\n` },
} as const

/**
 * `GET /executions/{id}/log?format=text|jsonl`, with `search`, `level` and `attempt` as in the graph: all lines that are there
 * now, page after page as fast as the client takes them. When a page cannot be read, the connection breaks.
 */
export async function sendLog(rest: RestOptions, exchange: Exchange): Promise<void> {
  const { format, variables } = queryOf(exchange)
  await ask<LogAnswer>(rest, exchange, LOG, variables, async (first, context) => {
    if (!first.execution) throw notFound('EXECUTION_NOT_FOUND')
    const { ending, mediaType, write } = FORMATS[format]
    const { request, response, params } = exchange
    response.writeHead(200, downloadHeaders(`execution-${params.id}.${ending}`, mediaType))
    if (request.method !== 'HEAD') {
      for await (const lines of pages(rest, context, variables, first)) {
        if (!(await sendPart(response, lines.map(write).join('')))) return
      }
    }
    response.end()
  })
}

async function* pages(
  rest: RestOptions,
  context: GatewayContext,
  variables: JsonObject,
  first: LogAnswer,
): AsyncGenerator<readonly Line[]> {
  for (let page = first; page.execution; ) {
    const { edges, pageInfo } = page.execution.logs
    yield edges.map(({ node }) => node)
    if (!pageInfo.hasNextPage) return
    page = await askOn<LogAnswer>(rest, context, LOG, { ...variables, after: pageInfo.endCursor })
  }
  // It was there when the first page was read.
  throw new Error('the execution is gone')
}

/** @throws {RefusedRequestError} 400 for another format, or an attempt that is no number */
function queryOf({ search: text, params }: Exchange): { format: keyof typeof FORMATS; variables: JsonObject } {
  const query = new URLSearchParams(text)
  const format = query.get('format') ?? 'text'
  if (!Object.hasOwn(FORMATS, format)) throw new RefusedRequestError(400, 'BAD_REQUEST', 'format is text or jsonl.')
  const attempt = query.get('attempt')
  if (attempt !== null && !/^\d{1,9}$/.test(attempt)) {
    throw new RefusedRequestError(400, 'BAD_REQUEST', 'attempt must be a whole number.')
  }
  return {
    format: format as keyof typeof FORMATS,
    variables: {
      id: params.id,
      search: query.get('search') ?? undefined,
      level: query.get('level') ?? undefined,
      attempt: attempt === null ? undefined : Number(attempt),
    },
  }
}
