import { LOCAL_HOST } from './addresses.ts'
import type { StackConfig } from './config.ts'
import { askKafka } from './kafka.ts'
import { askMysql } from './mysql.ts'
import { runningNative } from './native.ts'
import { askRegistry } from './registry.ts'

/** One server as a person asks about it. */
export interface ServerStatus {
  readonly name: string
  readonly address: string
  readonly isReady: boolean
  /** Of a process of this stack; none in a container. */
  readonly pid: number | undefined
}

/** Asks each server in its own protocol. */
export async function stackStatus(config: StackConfig): Promise<readonly ServerStatus[]> {
  const pids = runningNative(config)
  const asked = [
    { name: 'kafka', port: config.ports.kafka, ask: askKafka },
    { name: 'registry', port: config.ports.registry, ask: askRegistry },
    { name: 'mysql', port: config.ports.mysql, ask: askMysql },
  ]
  return Promise.all(
    asked.map(async ({ name, port, ask }) => ({
      name,
      address: `${LOCAL_HOST}:${port}`,
      isReady: await ask(config).then(
        () => true,
        () => false,
      ),
      pid: pids[name],
    })),
  )
}

/** A status as a line. Whoever answers without being ours is named, so that nobody tests against a stranger. */
export function statusLine({ name, address, isReady, pid }: ServerStatus, isComposed: boolean): string {
  const owner = pid === undefined ? 'not of this stack' : `pid ${pid}`
  const state = isReady ? `ready (${isComposed ? 'container' : owner})` : notReady(pid)
  return `${name.padEnd(10)}${address.padEnd(18)}${state}`
}

function notReady(pid: number | undefined): string {
  return pid === undefined ? 'stopped' : `does not answer (pid ${pid})`
}
