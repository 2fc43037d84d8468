import type { IncomingMessage } from 'node:http'
import { RefusedError } from './refused.ts'

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i

/**
 * The body of a request as JSON.
 *
 * @throws {RefusedError} 415 for another media type, 413 beyond `bytesMax`, 400 for what is no JSON
 */
export async function jsonBody(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new RefusedError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.')
  }
  const text = await textOf(request, bytesMax)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RefusedError(400, 'BAD_REQUEST', 'The body is not JSON.', { cause })
  }
}

function textOf(request: IncomingMessage, bytesMax: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= bytesMax) {
        chunks.push(chunk)
        return
      }
      // Nothing more of it is kept; what still comes is read and dropped.
      chunks.length = 0
      reject(new RefusedError(413, 'BODY_TOO_LARGE', `The body may have ${bytesMax} bytes.`))
    })
    const broken = (): void => reject(new RefusedError(400, 'BAD_REQUEST', 'The body ended too early.'))
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.once('close', broken).on('error', broken)
  })
}
