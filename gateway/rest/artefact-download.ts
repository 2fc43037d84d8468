import { createHash } from 'node:crypto'
import type { GatewayContext } from '../graph/context.ts'
import { downloadHeaders, type Exchange, sendPart } from '../http/exchange.ts'
import { ask, askOn, notFound, type RestOptions } from './ask.ts'

interface Artefact {
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly sha256: string
  /** In base64. */
  readonly slice: string
}

interface ArtefactAnswer {
  readonly execution: { readonly artefacts: readonly Artefact[] } | null
}

const ARTEFACT = `query RestArtefact($id: ID!, $name: String!, $from: Int = 0) {
  execution(id: $id) { artefacts(name: $name) { name mediaType sizeBytes sha256 slice(from: $from) } }
}`

/**
 * `GET /executions/{id}/artefacts/{name}`: slice after slice, as fast as the client takes them. When one cannot be read, or
 * what was read is not what was stored, the connection breaks before the end.
 */
export async function sendArtefact(rest: RestOptions, exchange: Exchange): Promise<void> {
  const { request, response, params } = exchange
  await ask<ArtefactAnswer>(rest, exchange, ARTEFACT, params, async (first, context) => {
    if (!first.execution) throw notFound('EXECUTION_NOT_FOUND')
    const [artefact] = first.execution.artefacts
    if (!artefact) throw notFound('ARTEFACT_NOT_FOUND')
    const headers = downloadHeaders(artefact.name, artefact.mediaType)
    response.writeHead(200, { ...headers, 'content-length': artefact.sizeBytes })
    if (request.method !== 'HEAD') {
      for await (const part of parts(rest, context, exchange, artefact)) {
        if (!(await sendPart(response, part))) return
      }
    }
    response.end()
  })
}

async function* parts(
  rest: RestOptions,
  context: GatewayContext,
  { params }: Exchange,
  first: Artefact,
): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256')
  let from = 0
  for (let { slice } = first; ; ) {
    const part = Buffer.from(slice, 'base64')
    digest.update(part)
    from += part.length
    const isLast = from >= first.sizeBytes
    const isWhole = from === first.sizeBytes && digest.copy().digest('hex') === first.sha256
    if (part.length === 0 || (isLast && !isWhole)) {
      if (first.sizeBytes === 0) return
      throw new Error('a file is not as it was stored')
    }
    yield part
    if (isLast) return
    const { execution } = await askOn<ArtefactAnswer>(rest, context, ARTEFACT, { ...params, from })
    slice = execution?.artefacts[0]?.slice ?? ''
  }
}
