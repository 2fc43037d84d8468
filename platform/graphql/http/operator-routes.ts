import type { Metrics } from '#platform/telemetry'
import { type DoorRoute, type HealthReport, sendJson } from './exchange.ts'

/** What operators are told. */
export interface OperatorRouteOptions {
  readonly metrics: Metrics
  health(): Promise<HealthReport>
}

/** What operators and the gateway's probe ask: `/health/live`, `/health/ready` and `/metrics`. */
export function operatorRoutes({ health, metrics }: OperatorRouteOptions, closing: AbortSignal): readonly DoorRoute[] {
  const shared = { method: 'GET', isAlways: true } as const
  return [
    // Alive is who answers: whether others are well is the affair of `ready`, and no reason to be restarted.
    { ...shared, path: '/health/live', answer: ({ response }) => sendJson(response, 200, { status: 'ok' }) },
    {
      ...shared,
      path: '/health/ready',
      async answer({ response }) {
        const report = closing.aborted
          ? { status: 'stopping', checks: {} }
          : await health().catch((): HealthReport => ({ status: 'down', checks: {} }))
        const isReady = report.status === 'ok' || report.status === 'degraded'
        sendJson(response, isReady && !closing.aborted ? 200 : 503, report)
      },
    },
    {
      ...shared,
      path: '/metrics',
      async answer({ response }) {
        const { text, mediaType } = await metrics.expose()
        response.writeHead(200, { 'content-type': mediaType }).end(text)
      },
    },
  ]
}
