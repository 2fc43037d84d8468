import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** One request and its answer, with what was read from its first lines. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  /** From the question mark on, or empty. */
  readonly search: string
  /** Parts of the path by the names that the route gives them. */
  readonly params: Readonly<Record<string, string>>
  readonly correlationId: string
}

/** Answers with JSON. */
export function sendJson(
  { response }: Exchange,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(response, status, JSON.stringify(body), { 'content-type': 'application/json; charset=utf-8', ...headers })
}

/** Answers with text of any kind; `content-type` is among the headers. */
export function sendText(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers })
  response.end(text)
}

/** Writes a part of an answer. Ends when the client can take more, or is gone. @returns whether it is still there */
export async function sendPart(response: ServerResponse, part: string | Uint8Array): Promise<boolean> {
  if (!response.destroyed && !response.write(part)) {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done).off('close', done)
        resolve()
      }
      response.on('drain', done).on('close', done)
      if (response.destroyed) done()
    })
  }
  return !response.destroyed
}

/** The headers of a download: never shown as a page of ours, whatever a task may have written into it. */
export function downloadHeaders(name: string, mediaType: string): OutgoingHttpHeaders {
  const plainName = name.replace(/[^\w. -]/g, '_')
  return {
    'content-type': MEDIA_TYPE.test(mediaType) ? withCharset(mediaType) : 'application/octet-stream',
    // The second form (RFC 6266, §4.3) is for names beyond ASCII.
    'content-disposition': `attachment; filename="${plainName}"; filename*=UTF-8''${encodeRfc5987(name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
}

const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?charset=[\w-]+)?$/

function withCharset(mediaType: string): string {
  return mediaType.startsWith('text/') && !mediaType.includes('charset') ? `${mediaType}; charset=utf-8` : mediaType
}

function encodeRfc5987(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
