import type { Dispatcher } from 'undici'
import { TaskError } from '../task.ts'
import { type Headers, headersAcrossOrigins, headersWithoutBody } from './headers.ts'

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
 * @throws {TaskError} HTTP_TOO_MANY_REDIRECTS, HTTP_ADDRESS_REFUSED; anything else is the connection's own error
 */
export async function exchange(
  first: HttpRequest,
  isExpected: (status: number) => boolean,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let request = first
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
    // A status that is expected is an answer, even when it is a redirect.
    if (!isRedirect || isExpected(response.statusCode)) return { url, response }
    await response.body.dump({ limit: REDIRECT_BODY_BYTES_MAX, signal })
    if (redirects === REDIRECTS_MAX) {
      throw new TaskError('HTTP_TOO_MANY_REDIRECTS', `redirected more than ${REDIRECTS_MAX} times`)
    }
    request = redirected(request, response.statusCode, location)
  }
}

function redirected(request: HttpRequest, status: number, location: string): HttpRequest {
  const url = URL.parse(location, request.url)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new TaskError('HTTP_ADDRESS_REFUSED', 'redirected to something that is not a plain http or https URL')
  }
  const headers = url.origin === request.url.origin ? request.headers : headersAcrossOrigins(request.headers)
  // As browsers do (Fetch, "HTTP-redirect fetch"): 303 asks for a GET, and 301 and 302 turn a POST into one.
  const becomesGet = status === 303 ? request.method !== 'HEAD' : request.method === 'POST' && status < 303
  if (!becomesGet) return { ...request, url, headers }
  return { method: 'GET', url, headers: headersWithoutBody(headers), body: undefined }
}
