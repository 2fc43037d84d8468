import type { IncomingMessage } from 'node:http'
import { RefusedRequestError } from './refusal.ts'

/** The largest body of `POST /graphql`: 10,000 jobs in one `createJobs`, with room. */
export const GRAPHQL_BODY_BYTES_MAX = 16 * 1024 * 1024

/** The largest body of a REST route, and of a message on a WebSocket. */
export const SMALL_BODY_BYTES_MAX = 1024 * 1024

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i

/**
 * The body as JSON; undefined when there is none.
 *
 * @throws {RefusedRequestError} 413 beyond `bytesMax`, 415 for another media type, 400 for what is no JSON
 */
export async function readJson(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  if (hasNoBody(request)) return undefined
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new RefusedRequestError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.')
  }
  if (Number(request.headers['content-length']) > bytesMax) throw tooLarge(bytesMax)
  const text = await readText(request, bytesMax)
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RefusedRequestError(400, 'BAD_REQUEST', 'The body is not JSON.', {}, { cause })
  }
}

function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'
}

function readText(request: IncomingMessage, bytesMax: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > bytesMax) end(() => reject(tooLarge(bytesMax)))
      else chunks.push(chunk)
    }
    const onEnd = (): void => end(() => resolve(textOf(chunks)))
    const onBroken = (): void =>
      end(() => reject(new RefusedRequestError(400, 'BAD_REQUEST', 'The body ended too early.')))
    const end = (settle: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('close', onBroken).off('error', onBroken)
      // What breaks from now on is nobody's loss.
      request.on('error', () => undefined)
      settle()
    }
    request.on('data', onData).on('end', onEnd).on('close', onBroken).on('error', onBroken)
  })
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks
  if (!first) return ''
  return (chunks.length === 1 ? first : Buffer.concat(chunks)).toString('utf8')
}

function tooLarge(bytesMax: number): RefusedRequestError {
  return new RefusedRequestError(413, 'BODY_TOO_LARGE', `The body is larger than ${bytesMax} bytes.`, {
    // The rest of the body is not read: the connection is of no use any more.
    connection: 'close',
  })
}
