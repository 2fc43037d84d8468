import { DomainError } from '#platform/domain'
import { nearestWord } from './nearest-word.ts'

const NAME_LENGTH_MAX = 64
// A name that has more letters than any zone and these is none that was misspelt.
const LETTERS_TOO_MANY_MAX = 3

// The names that are asked for most often are asked for again and again; a wrong one costs an exception.
const KNOWN_MAX = 2_048
const known = new Map<string, string | null>()

/** The version of the tz database that this process knows, such as `2026c`. */
export function tzdbVersion(): string {
  return process.versions['tz'] ?? 'unknown'
}

/** Whether this is a name of the tz database, in any case. An offset such as `+02:00` is none. */
export function isTimeZone(name: string): boolean {
  return nameInDatabase(name) !== null
}

/**
 * A name as the tz database writes it: `europe/berlin` is `Europe/Berlin`. An alias stays what it is.
 *
 * @throws {DomainError} BAD_USER_INPUT with `{path, suggestion?}`
 */
export function canonicalTimeZone(name: string): string {
  const found = nameInDatabase(name)
  if (found !== null) return found
  const suggestion = suggestedTimeZone(name)
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  throw new DomainError('BAD_USER_INPUT', `"${name.slice(0, NAME_LENGTH_MAX)}" is no IANA time zone${meant}`, {
    path: 'timeZone',
    ...(suggestion !== undefined && { suggestion }),
  })
}

function nameInDatabase(name: string): string | null {
  const read = known.get(name)
  if (read !== undefined) return read
  const found = readName(name)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(name, found)
  return found
}

function readName(name: string): string | null {
  // Temporal takes offsets and whole dates with a zone as well.
  if (!/^[A-Za-z][\w+/-]{1,63}$/.test(name)) return null
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId
  } catch {
    return null
  }
}

/** The name of the tz database that was probably meant by another one; undefined when none is near. */
export function suggestedTimeZone(name: string): string | undefined {
  const offset = /^(?:UTC|GMT)?([+-])0?(\d{1,2})(?::?00)?$/i.exec(name)
  // The signs of these names are those of POSIX: east of Greenwich is negative.
  if (offset) return nameInDatabase(`Etc/GMT${offset[1] === '+' ? '-' : '+'}${offset[2]}`) ?? undefined
  const wanted = lettersOf(name.slice(0, NAME_LENGTH_MAX))
  keysOfZones ??= readKeys()
  if (wanted.length < 3 || wanted.length > keysOfZones.lengthMax + LETTERS_TOO_MANY_MAX) return undefined
  const { zones, byZone } = keysOfZones
  return nearestWord(wanted, zones, (zone) => byZone.get(zone) ?? [])
}

interface ZoneKeys {
  readonly zones: readonly string[]
  /** What of each zone is compared: its letters, and those of its last part. */
  readonly byZone: ReadonlyMap<string, readonly string[]>
  /** Of the longest, in letters. */
  readonly lengthMax: number
}

// Many wrong names may come at once, and the list costs more than the search.
let keysOfZones: ZoneKeys | undefined

function readKeys(): ZoneKeys {
  const zones = Intl.supportedValuesOf('timeZone')
  const byZone = new Map(
    zones.map((zone) => [zone, [...new Set([zone, zone.slice(zone.lastIndexOf('/') + 1)].map(lettersOf))]]),
  )
  return { zones, byZone, lengthMax: Math.max(...zones.map((zone) => lettersOf(zone).length)) }
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}
