import type { HttpPolicy } from '#platform/outbound'
import type { ServiceConfig } from './config.ts'

const MYSQL_PORT = 3_306
const WEB_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/**
 * What HTTP jobs and webhooks may reach: never the brokers, the registry and the database that this system stands on, which believe
 * whoever reaches them. Its services check the tokens of their callers themselves.
 */
export function httpPolicyOf(
  config: Pick<ServiceConfig, 'httpAllowPrivate' | 'kafka' | 'registryUrl' | 'mysqlUrl'>,
): HttpPolicy {
  const { httpAllowPrivate, kafka, registryUrl, mysqlUrl } = config
  const registry = new URL(registryUrl)
  const refusedPorts = [
    ...kafka.brokers.map((broker) => Number(broker.slice(broker.lastIndexOf(':') + 1))),
    Number(registry.port) || (WEB_PORTS[registry.protocol] ?? 0),
    Number(new URL(mysqlUrl).port) || MYSQL_PORT,
  ]
  return { allowPrivate: httpAllowPrivate, refusedPorts }
}
