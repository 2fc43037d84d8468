import { durationMs } from './duration.ts'
import { invalidSchedule } from './invalid-schedule.ts'
import { parseCron } from './parse-cron.ts'
import type { Schedule } from './schedule.ts'

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
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,3})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/

/**
 * Reads the syntax of a schedule: 5 cron fields, 6 with the seconds first, or one of the `@` forms.
 *
 * It accepts whatever was once accepted, whenever that was; `checkNewSchedule` refuses what must not be created now.
 *
 * @throws {DomainError} INVALID_SCHEDULE with `{position, suggestion?}`
 */
export function parseSchedule(text: string): Schedule {
  if (text.length > TEXT_LENGTH_MAX) {
    throw invalidSchedule(`a schedule has at most ${TEXT_LENGTH_MAX} characters`, TEXT_LENGTH_MAX)
  }
  const words = [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], position: match.index }))
  const [name, argument, surplus] = words
  if (!name?.text.startsWith('@')) return parseCron(text, words)

  if (surplus) throw invalidSchedule(`unexpected "${surplus.text}"`, surplus.position)
  if (name.text === '@every') return parseEvery(argument?.text ?? '', argument?.position ?? text.length)
  if (name.text === '@at') return parseAt(argument?.text ?? '', argument?.position ?? text.length)
  if (!WITHOUT_ARGUMENT.includes(name.text)) throw unknownName(name.text, name.position)
  if (argument) throw invalidSchedule(`${name.text} takes nothing after it`, argument.position, name.text)
  if (name.text === '@now') return { kind: 'now' }
  if (name.text === '@manually') return { kind: 'manually' }
  return parseSchedule(NAMED[name.text] ?? '')
}

function unknownName(name: string, position: number): Error {
  const known = [...WITHOUT_ARGUMENT, '@every <duration>', '@at <instant>']
  const meant = WITHOUT_ARGUMENT.find((each) => each === name.toLowerCase())
  return invalidSchedule(`unknown schedule "${name}"; known are ${known.join(', ')}`, position, meant)
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

function parseAt(argument: string, position: number): Schedule {
  const [found, year, month, day, hour, minute, second = '0', offset] = INSTANT.exec(argument) ?? []
  if (found === undefined) {
    throw invalidSchedule(`@at takes an instant such as 2026-12-01T09:00:00Z, not "${argument}"`, position)
  }
  // Date.parse moves 30 February to March, and takes 24:00: only a date that reads back the same exists.
  const wall = [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)] as const
  const read = new Date(Date.UTC(wall[0], wall[1] - 1, wall[2], wall[3], wall[4], wall[5]))
  const readBack = [read.getUTCFullYear(), read.getUTCMonth() + 1, read.getUTCDate(), read.getUTCHours()]
  const exists = readBack.every((value, index) => value === wall[index]) && wall[4] < 60 && wall[5] < 60
  if (!exists) throw invalidSchedule(`"${argument}" is no date and time that exists`, position)
  if (offset === undefined) {
    throw invalidSchedule(`"${argument}" needs Z or an offset such as +02:00`, position, `@at ${argument}Z`)
  }
  return { kind: 'at', at: new Date(argument) }
}
