import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Debian's package `faketime` puts its library: below a folder for each kind of machine. */
const LIBRARIES = '/usr/lib'
const LIBRARY = 'faketime/libfaketime.so.1'

/** The library that gives a process another wall clock; undefined where it is not installed. */
export function fakedTimeLibrary(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const folders = readdirSync(LIBRARIES, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders.map(({ name }) => join(LIBRARIES, name, LIBRARY)).find((path) => existsSync(path))
}

/**
 * The environment of a process whose wall clock is off for good, in seconds; its timers are right.
 *
 * @throws {Error} when libfaketime is not installed
 */
export function clockAhead(seconds: number): Readonly<Record<string, string>> {
  return faked({ FAKETIME: offset(seconds) })
}

/** The environment of a process whose wall clock is off by what a file says, at each moment. See `setClock`. */
export function clockOfFile(path: string): Readonly<Record<string, string>> {
  setClock(path, 0)
  return faked({ FAKETIME_TIMESTAMP_FILE: path, FAKETIME_NO_CACHE: '1' })
}

/** Sets the clocks of the processes that look at this file, in seconds from the right time. */
export function setClock(path: string, seconds: number): void {
  writeFileSync(path, `${offset(seconds)}\n`)
}

function faked(how: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const library = fakedTimeLibrary()
  if (!library) throw new Error('libfaketime is missing: apt-get install faketime')
  return { LD_PRELOAD: library, FAKETIME_DONT_FAKE_MONOTONIC: '1', ...how }
}

function offset(seconds: number): string {
  return seconds < 0 ? `${seconds}` : `+${seconds}`
}
