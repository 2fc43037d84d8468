import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, sep } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { LOCAL_HOST, stackFolders } from './addresses.ts'
import type { StackConfig } from './config.ts'
import type { MysqlTree } from './fetch-mysql.ts'
import type { ServerCommand, ServerProcess } from './server.ts'
import { run } from './tools.ts'

const INITIALISE_MS_MAX = 120_000
const ASK_MS_MAX = 5_000
const SOCKET = 'server.sock'

/** The database server as a process, whichever runs: MySQL and MariaDB keep folders of their own beside each other. */
export function databaseProcess(config: StackConfig): ServerProcess {
  const folders = stackFolders(config)
  return { name: 'mysql', folders, marker: `--datadir=${folders.data}${sep}` }
}

/** Makes its data folder the first time, whole or not at all, and says how it is started. */
export async function prepareMysql(config: StackConfig, tree: MysqlTree): Promise<ServerCommand> {
  const data = join(stackFolders(config).data, 'mysql')
  if (!existsSync(data)) {
    const { command, args } = mysqld(tree)
    await initialised(data, (partial) =>
      run(command, [...args, '--initialize-insecure', `--datadir=${partial}`], LIMIT),
    )
  }
  forgetSocket(data)
  const { command, args } = mysqld(tree)
  // With few cores a commit is cheaper when it writes the log itself than when threads of their own wait for it, spinning.
  const only = ['--innodb-log-writer-threads=OFF', '--mysqlx=OFF', '--skip-log-bin', '--performance-schema=OFF']
  return { command, args: [...args, `--datadir=${data}`, ...only, ...serverOptions(config)] }
}

const LIMIT = { timeoutMs: INITIALISE_MS_MAX }

/** Makes a data folder beside its place and moves it there when it is complete. */
export async function initialised(data: string, make: (partial: string) => Promise<unknown>): Promise<void> {
  const partial = `${data}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(join(data, '..'), { recursive: true })
  await make(partial)
  renameSync(partial, data)
}

/**
 * Takes away the socket that a killed server left. Its lock file holds a pid, and the server refuses to start when that
 * pid, or a thread, is there: after a kill it may long be another's. Two servers on one folder are kept apart by InnoDB's
 * lock on its files.
 */
export function forgetSocket(data: string): void {
  for (const suffix of ['', '.lock']) rmSync(join(data, `${SOCKET}${suffix}`), { force: true })
}

/** What both servers are told: local only, every commit on disk. Files are named relative to the data folder, because the path of a socket may have 107 characters at most. */
export function serverOptions({ ports }: StackConfig): readonly string[] {
  return [
    `--port=${ports.mysql}`,
    `--bind-address=${LOCAL_HOST}`,
    `--socket=${SOCKET}`,
    '--pid-file=server.pid',
    '--max-connections=2000',
    '--character-set-server=utf8mb4',
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-buffer-pool-size=256M',
  ]
}

/** The version of the server, once it answers; rejects when it does not yet. */
export async function askMysql({ ports }: StackConfig): Promise<string> {
  const connection = await createConnection({
    host: LOCAL_HOST,
    port: ports.mysql,
    user: 'root',
    connectTimeout: ASK_MS_MAX,
  })
  try {
    const [rows] = await connection.query<RowDataPacket[]>('select version() as version')
    const version = String(rows[0]?.['version'])
    return /mariadb/i.test(version) ? `MariaDB ${version.split('-')[0]}` : `MySQL ${version.split('-')[0]}`
  } finally {
    connection.destroy()
  }
}

/** It brings its own C library, and so is run by its own loader: the machine's libraries may be older. */
function mysqld({ root, libraries, loader }: MysqlTree): ServerCommand {
  const share = join(root, 'usr/share/mysql')
  return {
    command: loader,
    args: [
      '--library-path',
      `${libraries}:${join(root, 'usr/lib/mysql/private')}`,
      join(root, 'usr/sbin/mysqld'),
      '--no-defaults',
      `--user=${userInfo().username}`,
      `--basedir=${join(root, 'usr')}`,
      '--secure-file-priv=NULL',
      `--lc-messages-dir=${share}`,
      `--character-sets-dir=${join(share, 'charsets')}`,
      `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
    ],
  }
}
