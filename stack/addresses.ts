import { join } from 'node:path'
import type { StackConfig } from './config.ts'

/** The servers listen here and nowhere else: they ask nobody for a password. */
export const LOCAL_HOST = '127.0.0.1'

/** Where a stack keeps what. */
export interface StackFolders {
  readonly data: string
  readonly logs: string
  readonly run: string
}

/** The folders under STACK_DIR. */
export function stackFolders({ directory }: StackConfig): StackFolders {
  return { data: join(directory, 'data'), logs: join(directory, 'logs'), run: join(directory, 'run') }
}

/** The variables with which services and tests reach a stack. */
export function stackEnvironment({ ports }: Pick<StackConfig, 'ports'>): Readonly<Record<string, string>> {
  return {
    KAFKA_BROKERS: `${LOCAL_HOST}:${ports.kafka}`,
    SCHEMA_REGISTRY_URL: `http://${LOCAL_HOST}:${ports.registry}/apis/ccompat/v7`,
    MYSQL_URL: `mysql://root@${LOCAL_HOST}:${ports.mysql}`,
  }
}

/** The same as lines for a shell. */
export function environmentLines(config: Pick<StackConfig, 'ports'>): readonly string[] {
  return Object.entries(stackEnvironment(config)).map(([name, value]) => `export ${name}=${value}`)
}
