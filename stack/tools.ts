import { type SpawnOptions, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { childEnvironment, StackError } from './config.ts'

/** How a program is run to its end. */
export interface RunOptions {
  readonly timeoutMs: number
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
}

const OUTPUT_CHARACTERS_MAX = 64_000
const TAIL_LINES = 15
// Debian keeps servers where only root's PATH looks.
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']

/** What to say of a program that is missing: what it is for, and what to install. */
export const HINTS: Readonly<Record<string, string>> = {
  java: 'Java 17 or newer is missing: install openjdk-17-jre-headless (apt), or any JDK 17+.',
  mvn: 'Maven is missing, which downloads Kafka and the registry: install maven (apt, brew).',
  'apt-get': 'apt-get is missing, which downloads MySQL.',
  'dpkg-deb': 'dpkg-deb is missing, which unpacks MySQL: install dpkg.',
  'mariadb-install-db':
    'mariadb-install-db is missing: install mariadb-server-core and mariadb-client-core (apt), or mariadb (brew).',
}

/** Where a program is, looked for on PATH and where servers are kept; undefined when it is not installed. */
export function findTool(name: string, path: string = childEnvironment({}).PATH ?? ''): string | undefined {
  return [...path.split(delimiter), ...SERVER_FOLDERS].map((folder) => join(folder, name)).find(isExecutable)
}

/** @throws {StackError} that says what to install */
export function needTool(name: string, find: (name: string) => string | undefined = findTool): string {
  const found = find(name)
  if (!found) throw new StackError(HINTS[name] ?? `${name} is missing`)
  return found
}

/** The major version out of what `java -version` prints; 8 calls itself 1.8. */
export function javaMajor(text: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return first === undefined ? undefined : Number(first === '1' ? second : first)
}

/** @throws {StackError} when there is no Java, or an older one than the servers need */
export async function needJava(): Promise<string> {
  const java = needTool('java')
  const major = javaMajor(await run(java, ['-version'], { timeoutMs: 15_000 }))
  if (major === undefined || major < 17)
    throw new StackError(`${HINTS['java']} ${java} is version ${major ?? 'unknown'}.`)
  return java
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed, the last 64,000 characters
 * @throws {StackError} with its last lines when it fails, or takes too long
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const signal = AbortSignal.timeout(options.timeoutMs)
  const settings: SpawnOptions = {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment(options.environment ?? {}),
    signal,
    ...(options.cwd ? { cwd: options.cwd } : {}),
  }
  const child = spawn(command, args, settings)
  let output = ''
  const keep = (text: string): void => {
    output = (output + text).slice(-OUTPUT_CHARACTERS_MAX)
  }
  child.stdout?.setEncoding('utf8').on('data', keep)
  child.stderr?.setEncoding('utf8').on('data', keep)
  const called = [command, ...args].join(' ').slice(0, 200)
  child.on('error', (cause) => {
    const why = signal.aborted ? `took longer than ${options.timeoutMs / 1_000} s` : cause.message
    reject(new StackError(`${called}: ${why}`, { cause }))
  })
  child.on('close', (code) => {
    if (code === 0) resolve(output)
    else reject(new StackError(`${called} ended with ${code}:\n${tail(output)}`))
  })
  return promise
}

/** The last lines of a text. */
export function tail(text: string): string {
  // Maven colours even what it does not print.
  return stripVTControlCharacters(text).trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
