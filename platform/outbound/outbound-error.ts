/** Codes that callers may show to people: they never change their meaning. */
export type OutboundErrorCode =
  | 'HTTP_ABORTED'
  | 'HTTP_ADDRESS_REFUSED'
  | 'HTTP_CONNECTION_FAILED'
  | 'HTTP_RESPONSE_TOO_LARGE'
  | 'HTTP_TIMED_OUT'
  | 'HTTP_TOO_MANY_REDIRECTS'

/** Why there is no answer. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly code: OutboundErrorCode

  constructor(code: OutboundErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What a connection, or the library that makes it, threw, with a code of ours. */
export function outboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new OutboundError('HTTP_RESPONSE_TOO_LARGE', 'the response has too many headers', { cause: error })
  const detail = code === undefined || message.includes(code) ? message : `${code}: ${message}`
  return new OutboundError('HTTP_CONNECTION_FAILED', detail === '' ? 'the connection failed' : detail, { cause: error })
}
