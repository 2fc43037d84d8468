import type { Metrics } from '#platform/telemetry'
import type { Health } from '../options.ts'
import { sendJson, sendText } from './exchange.ts'
import type { Route } from './router.ts'

/** What operators and other services ask of a gateway, not users. */
export interface OperatorRouteOptions {
  readonly metrics: Metrics
  health(): Promise<Health>
  jwks(): Promise<object>
}

/** `/health/*`, `/metrics` and the public keys. */
export function operatorRoutes({ metrics, health, jwks }: OperatorRouteOptions): readonly Route[] {
  return [
    // Alive is who answers: whether others are well is the affair of `ready`, and no reason to be restarted.
    { method: 'GET', path: '/health/live', answer: (exchange) => sendJson(exchange, 200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/health/ready',
      async answer(exchange) {
        const report = await health().catch((): Health => ({ status: 'down', checks: {} }))
        sendJson(exchange, report.status === 'down' ? 503 : 200, report)
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async answer({ response }) {
        const { text, mediaType } = await metrics.expose()
        sendText(response, 200, text, { 'content-type': mediaType })
      },
    },
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      // Shorter than a key is published before it signs.
      answer: async (exchange) => sendJson(exchange, 200, await jwks(), { 'cache-control': 'public, max-age=60' }),
    },
  ]
}
