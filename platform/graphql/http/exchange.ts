import type { IncomingMessage, ServerResponse } from 'node:http'

/** How a process is doing, and each part of it. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly checks: Readonly<Record<string, unknown>>
}

/** One request and its answer. */
export interface DoorExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** From the question mark on, or empty. */
  readonly search: string
  /** Aborts when the door closes: streams end then. */
  readonly closing: AbortSignal
}

/** What answers requests of one method to one path. */
export interface DoorRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  answer(exchange: DoorExchange): Promise<void> | void
  /** Also while the door closes: health and metrics. */
  readonly isAlways?: boolean
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
