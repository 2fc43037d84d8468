import { z } from 'zod'

const whole = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback)

/** The variables of the environment that the gateway reads, with their defaults and bounds. */
export const gatewayEnvironment = z.object({
  /** Where HTTP and WebSocket are served; 0 takes a free port. */
  PORT: whole(4_000, 0, 65_535),
  /** The address to listen on. Others than this machine reach it only by an explicit choice. */
  HOST: z.string().min(1).max(255).default('127.0.0.1'),
  /** Whether a proxy of ours stands before and appends the caller's address to `x-forwarded-for`. */
  TRUST_PROXY: z.stringbool().default(false),
  /** `production` switches off introspection and the landing page. */
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  /** WebSockets open at once. */
  SOCKETS_MAX: whole(5_000, 1, 1_000_000),
  /** Subscriptions open at once over SSE and multipart. */
  STREAMS_MAX: whole(5_000, 1, 1_000_000),
  /** Operations open at once on one WebSocket. */
  OPERATIONS_PER_SOCKET_MAX: whole(100, 1, 10_000),
  /** Where the page with all instances is served; 0 takes a free port. */
  DASHBOARD_PORT: whole(8_761, 0, 65_535),
})

/** What the gateway is told at start. */
export interface GatewayConfig {
  readonly port: number
  readonly host: string
  readonly trustProxy: boolean
  readonly isProduction: boolean
  readonly socketsMax: number
  readonly streamsMax: number
  readonly operationsPerSocketMax: number
  readonly dashboardPort: number
}

/** The configuration out of variables that were checked. */
export function gatewayConfig(environment: z.output<typeof gatewayEnvironment>): GatewayConfig {
  return {
    port: environment.PORT,
    host: environment.HOST,
    trustProxy: environment.TRUST_PROXY,
    isProduction: environment.NODE_ENV === 'production',
    socketsMax: environment.SOCKETS_MAX,
    streamsMax: environment.STREAMS_MAX,
    operationsPerSocketMax: environment.OPERATIONS_PER_SOCKET_MAX,
    dashboardPort: environment.DASHBOARD_PORT,
  }
}

/** Keeps @apollo/gateway from sending figures to its maker. It reads this when a gateway is made, and has no option. */
export function disableApolloTelemetry(): void {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true'
}
