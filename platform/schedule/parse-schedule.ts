import { isDomainError } from '#platform/domain'
import type { Word } from './cron-item.ts'
import { wordsOf } from './cron-words.ts'
import { durationMs } from './duration.ts'
import { invalidSchedule } from './invalid-schedule.ts'
import { nearestWord } from './nearest-word.ts'
import { parseCron } from './parse-cron.ts'
import type { Schedule, ScheduleContext } from './schedule.ts'
import { firesOfWallTime, localMs } from './wall-time.ts'

const TEXT_LENGTH_MAX = 512
const INTERVAL_MS_MIN = 1_000
const INTERVAL_MS_MAX = 366 * 86_400_000
const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const WITHOUT_ARGUMENT = [...Object.keys(NAMED), '@now', '@manually']
const WITH_ARGUMENT = ['@every', '@at']
const INSTANT = /^(.*?)(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/

/**
 * Reads the syntax of a schedule: 5 cron fields, 6 with the seconds first, or one of the `@` forms.
 *
 * It accepts whatever was once accepted, whenever that was; `checkNewSchedule` refuses what must not be created now.
 *
 * @throws {DomainError} INVALID_SCHEDULE with `{position, suggestion?}`
 */
export function parseSchedule(text: string, context: ScheduleContext = {}): Schedule {
  if (text.length > TEXT_LENGTH_MAX) {
    throw invalidSchedule(`a schedule has at most ${TEXT_LENGTH_MAX} characters`, TEXT_LENGTH_MAX)
  }
  const words = wordsOf(text)
  const [name, argument, surplus] = words
  if (!name?.text.startsWith('@')) return parseCron(text, words, context)

  if (surplus) throw invalidSchedule(`unexpected "${surplus.text}"`, surplus.position)
  if (name.text === '@every') return parseEvery(argument?.text ?? '', argument?.position ?? text.length)
  if (name.text === '@at') return parseAt(argument?.text ?? '', argument?.position ?? text.length, context.timeZone)
  if (!WITHOUT_ARGUMENT.includes(name.text)) throw unknownName(name, argument, context)
  if (argument) throw invalidSchedule(`${name.text} takes nothing after it`, argument.position, name.text)
  if (name.text === '@now') return { kind: 'now' }
  if (name.text === '@manually') return { kind: 'manually' }
  return parseSchedule(NAMED[name.text] ?? '')
}

function unknownName(name: Word, argument: Word | undefined, { timeZone }: ScheduleContext): Error {
  const known = [...WITHOUT_ARGUMENT, '@every <duration>', '@at <instant>']
  const message = `unknown schedule "${name.text}"; known are ${known.join(', ')}`
  return invalidSchedule(message, name.position, meantBy(name.text, argument?.text, timeZone))
}

/** The schedule that is probably meant; undefined when none is near, or what it takes is not there or is wrong. */
function meantBy(name: string, argument: string | undefined, timeZone: string | undefined): string | undefined {
  // What it takes may stand right after it.
  const [, word = '', rest] = /^(@[a-z]+)(?=\d)(.+)$/i.exec(name) ?? []
  const [written, given] = argument === undefined && rest ? [word, rest] : [name, argument]
  const nearest = nearestWord(written.toLowerCase(), [...WITHOUT_ARGUMENT, ...WITH_ARGUMENT])
  if (nearest === undefined || !WITH_ARGUMENT.includes(nearest)) return nearest
  const meant = `${nearest} ${given}`
  try {
    parseSchedule(meant, { timeZone })
    return meant
  } catch (error) {
    if (isDomainError(error)) return undefined
    throw error
  }
}

function parseEvery(argument: string, position: number): Schedule {
  const [interval = '', phase, surplus] = argument.split('/')
  const intervalMs = durationMs(interval)
  if (intervalMs === null) {
    const meant = /^\d+$/.test(interval) ? `@every ${interval}s` : undefined
    throw invalidSchedule(`@every takes a duration such as 30s, 1m30s or 24h, not "${interval}"`, position, meant)
  }
  if (intervalMs < INTERVAL_MS_MIN || intervalMs > INTERVAL_MS_MAX) {
    throw invalidSchedule(`@every takes from 1s to 366d, not "${interval}"`, position)
  }
  const phasePosition = position + interval.length + 1
  const phaseMs = phase === undefined ? 0 : durationMs(phase)
  if (phaseMs === null || surplus !== undefined) {
    throw invalidSchedule('the phase after "/" is one duration, as in @every 1h/15m', phasePosition)
  }
  if (phaseMs >= intervalMs) {
    throw invalidSchedule(`the phase "${phase}" must be shorter than the interval "${interval}"`, phasePosition)
  }
  return { kind: 'every', intervalMs, phaseMs }
}

function parseAt(argument: string, position: number, timeZone: string | undefined): Schedule {
  const [, local = '', offset] = INSTANT.exec(argument) ?? []
  const wallMs = localMs(local)
  if (wallMs === null) {
    const problem = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) ? 'is no date and time that exists' : 'is no instant'
    throw invalidSchedule(`@at takes an instant such as 2026-12-01T09:00:00Z; "${argument}" ${problem}`, position)
  }
  if (offset !== undefined) return { kind: 'at', at: new Date(argument) }
  if (timeZone === undefined) {
    throw invalidSchedule(`"${argument}" needs Z or an offset such as +02:00`, position, `@at ${argument}Z`)
  }
  const [atMs] = firesOfWallTime(wallMs, timeZone, 'FIRE_AFTER', 'FIRST')
  if (atMs === undefined) throw invalidSchedule(`"${argument}" never was or will be in ${timeZone}`, position)
  return { kind: 'at', at: new Date(atMs), wallMs }
}
