import { existsSync, globSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type AptMirror, machineMirror } from './apt-mirror.ts'
import { filledOnce } from './cache.ts'
import { StackError } from './config.ts'
import { needTool, run } from './tools.ts'

/** An unpacked MySQL and the libraries that it runs with. */
export interface MysqlTree {
  readonly root: string
  readonly libraries: string
  readonly loader: string
}

// The server never runs these.
const NOT_NEEDED = /^(?:perl|libperl|libdb5|libgdbm|debconf)/
const APT_MS_MAX = 5 * 60_000
const UNPACK_MS_MAX = 60_000

const PLACES: Readonly<Record<string, { readonly folder: string; readonly loader: string }>> = {
  x64: { folder: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { folder: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
}

/**
 * MySQL from Debian unstable, unpacked into the cache and not installed: apt works on lists and folders of its own, so
 * nothing on the machine changes.
 *
 * @throws {StackError} when this machine cannot have it
 */
export async function fetchMysql(cacheDirectory: string, onFetch: () => void): Promise<MysqlTree> {
  const place = process.platform === 'linux' ? PLACES[process.arch] : undefined
  if (!place) throw new StackError(`Debian has no MySQL for ${process.platform} ${process.arch}`)
  const root = await filledOnce(cacheDirectory, 'mysql-debian-unstable', async (folder) => {
    const [aptGet, dpkgDeb] = [needTool('apt-get'), needTool('dpkg-deb')]
    const mirror = machineMirror()
    if (!mirror) throw new StackError('the apt sources of this machine name no Debian mirror')
    if (!existsSync(mirror.keyring))
      throw new StackError(`${mirror.keyring} is missing: install debian-archive-keyring`)
    onFetch()
    const work = join(folder, 'apt')
    await download(aptGet, mirror, work)
    await unpack(dpkgDeb, join(work, 'archives'), folder)
    rmSync(work, { recursive: true })
  })
  const libraries = join(root, 'usr/lib', place.folder)
  return { root, libraries, loader: join(libraries, place.loader) }
}

async function download(aptGet: string, { uri, keyring }: AptMirror, work: string): Promise<void> {
  for (const folder of ['lists/partial', 'archives/partial']) mkdirSync(join(work, folder), { recursive: true })
  writeFileSync(join(work, 'status'), '')
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=${keyring}] ${uri} sid main\n`)
  writeFileSync(join(work, 'apt.conf'), aptConfiguration(work))
  const options = { timeoutMs: APT_MS_MAX, environment: { APT_CONFIG: join(work, 'apt.conf') } }
  await run(aptGet, ['-qq', 'update'], options)
  const install = ['-qq', '-y', '--no-install-recommends', '--download-only', 'install', 'mysql-server-core']
  await run(aptGet, install, options)
}

/** Own lists, own archive, nothing installed, the machine's sources and preferences left out. */
function aptConfiguration(work: string): string {
  const settings = {
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': work,
    'Dir::Cache::archives': join(work, 'archives'),
    'APT::Sandbox::User': '',
    'APT::Default-Release': '',
    'Debug::NoLocking': '1',
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('')
}

async function unpack(dpkgDeb: string, archives: string, folder: string): Promise<void> {
  const packages = globSync('*.deb', { cwd: archives }).filter((name) => !NOT_NEEDED.test(basename(name)))
  if (!packages.some((name) => name.startsWith('mysql-server-core'))) throw new StackError('apt brought no MySQL')
  const root = join(folder, 'apt', 'root')
  mkdirSync(root)
  // One after another: they put files into the same folders.
  for (const name of packages) await run(dpkgDeb, ['-x', join(archives, name), root], { timeoutMs: UNPACK_MS_MAX })
  for (const name of globSync('*', { cwd: root })) renameSync(join(root, name), join(folder, name))
}
