import type { Exchange } from './exchange.ts'
import { RefusedRequestError } from './refusal.ts'

/** What answers requests of one method to one path. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** Parts that begin with a colon take any value: `/jobs/:id`. It is also the route's name in metrics. */
  readonly path: string
  answer(exchange: Exchange): Promise<void> | void
}

/** A route that fits, and the parts of the path that it names. */
export interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/**
 * Finds routes by method and path.
 *
 * @throws {RefusedRequestError} 404 when no route has the path, 405 when one has it with another method
 */
export function makeRouter(routes: readonly Route[]): (method: string, path: string) => Match {
  const byShape = routes.map((route) => ({ route, parts: route.path.split('/') }))
  const fixed = routes.filter(({ path }) => !path.includes(':'))
  const exact = new Map(fixed.map((route) => [`${route.method} ${route.path}`, { route, params: {} }]))

  return (method, path) => {
    const known = exact.get(`${method} ${path}`)
    if (known) return known
    const parts = path.split('/')
    const found = byShape.flatMap((shape) => {
      const params = paramsOf(shape.parts, parts)
      return params ? [{ route: shape.route, params }] : []
    })
    // HEAD is GET without the body, which node:http leaves out.
    const wanted = method === 'HEAD' ? 'GET' : method
    const match = found.find(({ route }) => route.method === wanted)
    if (match) return match
    if (found.length === 0) throw new RefusedRequestError(404, 'NOT_FOUND', 'There is nothing at this path.')
    const allow = found.map(({ route }) => route.method).join(', ')
    throw new RefusedRequestError(405, 'METHOD_NOT_ALLOWED', `This path takes ${allow}.`, { allow })
  }
}

function paramsOf(shape: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (shape.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of shape.entries()) {
    const actual = parts[index] ?? ''
    if (!part.startsWith(':')) {
      if (part !== actual) return undefined
      continue
    }
    const value = decoded(actual)
    if (value === undefined || value === '') return undefined
    params[part.slice(1)] = value
  }
  return params
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
