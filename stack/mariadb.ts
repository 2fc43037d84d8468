import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { stackFolders } from './addresses.ts'
import { type StackConfig, StackError } from './config.ts'
import { forgetSocket, initialised, serverOptions } from './mysql.ts'
import type { ServerCommand } from './server.ts'
import { findTool, needTool, run } from './tools.ts'

const INSTALL_MS_MAX = 5 * 60_000
const INITIALISE_MS_MAX = 120_000
// The second has what `mariadb-install-db` calls, and is only recommended by the first.
const PACKAGES = ['mariadb-server-core', 'mariadb-client-core']
const ASK_FOR_IT = `No database server: install ${PACKAGES.join(' and ')} (apt-get, as root), or mariadb (brew).`

/**
 * Finds MariaDB, or installs it where that needs no question: as root, on Debian or a child of it.
 *
 * @throws {StackError} that says what to install
 */
export async function needMariadb(onInstall: () => void): Promise<string> {
  const found = findTool('mariadbd')
  if (found && findTool('my_print_defaults')) return found
  const aptGet = findTool('apt-get')
  if (!aptGet || process.getuid?.() !== 0) throw new StackError(ASK_FOR_IT)
  onInstall()
  const environment = { DEBIAN_FRONTEND: 'noninteractive' }
  await run(aptGet, ['-qq', 'update'], { timeoutMs: INSTALL_MS_MAX, environment })
  const install = ['-qq', '-y', '--no-install-recommends', 'install', ...PACKAGES]
  await run(aptGet, install, { timeoutMs: INSTALL_MS_MAX, environment })
  return needTool('mariadbd')
}

/** Makes its data folder the first time and says how it is started. */
export async function prepareMariadb(config: StackConfig, mariadbd: string): Promise<ServerCommand> {
  const data = join(stackFolders(config).data, 'mariadb')
  const user = `--user=${userInfo().username}`
  if (!existsSync(data)) {
    const install = needTool('mariadb-install-db')
    const options = ['--no-defaults', user, '--auth-root-authentication-method=normal', '--skip-test-db']
    await initialised(data, (partial) =>
      run(install, [...options, `--datadir=${partial}`], { timeoutMs: INITIALISE_MS_MAX }),
    )
  }
  forgetSocket(data)
  return {
    command: mariadbd,
    args: ['--no-defaults', user, `--datadir=${data}`, '--skip-log-bin', ...serverOptions(config)],
  }
}
