import type { Dispatcher } from 'undici'
import { OutboundError } from './outbound-error.ts'

/**
 * Reads a body to its end.
 *
 * @throws {OutboundError} HTTP_RESPONSE_TOO_LARGE
 */
export async function readBytes({ body }: Dispatcher.ResponseData, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop destroys the stream, and with it the connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw new OutboundError('HTTP_RESPONSE_TOO_LARGE', `the response is larger than ${bytesMax} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Lets a body pass unread, so that its connection can be used again; a long one costs the connection. */
export async function skipBody({ body }: Dispatcher.ResponseData, bytesMax: number): Promise<void> {
  await body.dump({ limit: bytesMax })
}
