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
