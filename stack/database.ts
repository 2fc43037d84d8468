import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stackFolders } from './addresses.ts'
import { type StackConfig, StackError } from './config.ts'
import { fetchMysql } from './fetch-mysql.ts'
import { needMariadb, prepareMariadb } from './mariadb.ts'
import { prepareMysql } from './mysql.ts'
import type { ServerCommand } from './server.ts'

/** A way to a database server: the settings, and whom to tell what takes long. Throws a StackError where there is none. */
type DatabaseWay = (config: StackConfig, say: (text: string) => void) => Promise<ServerCommand>

/** The two ways. */
export interface DatabaseWays {
  readonly mysql: DatabaseWay
  readonly mariadb: DatabaseWay
}

/**
 * Genuine MySQL where it can be had, else MariaDB, and always the one that has data here: changing it would look like
 * losing everything.
 *
 * @returns how it is started
 * @throws {StackError} when there is neither
 */
export async function prepareDatabase(
  config: StackConfig,
  say: (text: string) => void,
  ways: DatabaseWays = { mysql, mariadb },
): Promise<ServerCommand> {
  const wanted = wantedDatabase(config)
  if (wanted === 'mariadb') return ways.mariadb(config, say)
  try {
    return await ways.mysql(config, say)
  } catch (error) {
    if (!(error instanceof StackError) || wanted === 'mysql') throw error
    say(`no genuine MySQL here (${error.message}); taking MariaDB`)
    return ways.mariadb(config, say)
  }
}

/** What the settings say, or else the data that is there. */
export function wantedDatabase(config: StackConfig): StackConfig['database'] {
  if (config.database !== 'auto') return config.database
  const kinds = ['mysql', 'mariadb'] as const
  return kinds.find((kind) => existsSync(join(stackFolders(config).data, kind))) ?? 'auto'
}

async function mysql(config: StackConfig, say: (text: string) => void): Promise<ServerCommand> {
  const onFetch = (): void => say('fetching MySQL from Debian unstable (about 60 MB, once)')
  return prepareMysql(config, await fetchMysql(config.cacheDirectory, onFetch))
}

async function mariadb(config: StackConfig, say: (text: string) => void): Promise<ServerCommand> {
  const mariadbd = await needMariadb(() => say('installing MariaDB with apt-get'))
  return prepareMariadb(config, mariadbd)
}
