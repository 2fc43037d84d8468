import type { Dispatcher } from 'undici'
import { skipBody } from './body.ts'
import { type Headers, headersAcrossOrigins, headersWithoutBody } from './headers.ts'
import { OutboundError } from './outbound-error.ts'

/** A request, as it may go out once or be redirected. */
export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string | undefined
}

/** The answer that ended the redirects, its body unread. */
export interface HttpAnswer {
  readonly url: URL
  readonly response: Dispatcher.ResponseData
}

/** Redirects that are followed. */
export const REDIRECTS_MAX = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const REDIRECT_BODY_BYTES_MAX = 64 * 1024

/**
 * Sends a request and follows redirects by hand: each hop goes through the guarded connector anew, and what was meant for one
 * origin does not travel to another.
 *
 * @throws {OutboundError} HTTP_TOO_MANY_REDIRECTS, HTTP_ADDRESS_REFUSED; anything else is the connection's own error
 */
export async function exchange(
  first: HttpRequest,
  isAnswer: (status: number) => boolean,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let request = first
  checkPlain(first.url)
  for (let redirects = 0; ; redirects += 1) {
    const { method, url, headers, body } = request
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: body ?? null,
      signal,
    })
    const location = response.headers.location
    const isRedirect = REDIRECTS.has(response.statusCode) && typeof location === 'string'
    if (!isRedirect || isAnswer(response.statusCode)) return { url, response }
    await skipBody(response, REDIRECT_BODY_BYTES_MAX)
    if (redirects === REDIRECTS_MAX) {
      throw new OutboundError('HTTP_TOO_MANY_REDIRECTS', `redirected more than ${REDIRECTS_MAX} times`)
    }
    request = redirected(request, response.statusCode, location)
  }
}

function redirected(request: HttpRequest, status: number, location: string): HttpRequest {
  const url = checkPlain(URL.parse(location, request.url))
  const headers = url.origin === request.url.origin ? request.headers : headersAcrossOrigins(request.headers)
  // As browsers do (Fetch, "HTTP-redirect fetch"): 303 asks for a GET, and 301 and 302 turn a POST into one.
  const becomesGet = status === 303 ? request.method !== 'HEAD' : request.method === 'POST' && status < 303
  if (!becomesGet) return { ...request, url, headers }
  return { method: 'GET', url, headers: headersWithoutBody(headers), body: undefined }
}

// `user:password@` sends a secret wherever the rest leads, and makes a host look like another one.
function checkPlain(url: URL | null): URL {
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  throw new OutboundError('HTTP_ADDRESS_REFUSED', 'it leads to something that is not a plain http or https URL')
}
