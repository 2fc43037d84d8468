import type { OutgoingHttpHeaders } from 'node:http'

/** Why a request is refused before, or instead of, being run. */
export type RefusalCode =
  | 'BAD_REQUEST'
  | 'BODY_TOO_LARGE'
  | 'ARTEFACT_NOT_FOUND'
  | 'EXECUTION_NOT_FOUND'
  | 'JOB_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_FOUND'
  | 'OVERLOADED'
  | 'UNAUTHENTICATED'
  | 'UNSUPPORTED_MEDIA_TYPE'

/** A request that is refused by its form or its sender, before the graph is asked. */
export class RefusedRequestError extends Error {
  override readonly name = 'RefusedRequestError'
  readonly status: number
  readonly code: RefusalCode
  readonly headers: OutgoingHttpHeaders
  constructor(
    status: number,
    code: RefusalCode,
    message: string,
    headers: OutgoingHttpHeaders = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.status = status
    this.code = code
    this.headers = headers
  }
}
