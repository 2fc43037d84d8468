import { gapSkipsBetween } from '#platform/schedule'
import { definitionAt, timetableIn } from './definition.ts'
import type { Explanation, Facts } from './explain.ts'
import { decidedText, deletedText, isDeleted, sentence } from './explain-text.ts'
import { localText, localTextOf, offsetMsOf } from './moment.ts'
import type { Occurrence } from './occurrence.ts'

type Beside = Pick<Explanation, 'at' | 'timeZone' | 'previous' | 'next'>

const TIMES_MAX = 10_000

/** Explains a wall time that the clocks jumped over. */
export function explainGap(facts: Facts, beside: Beside): Explanation {
  const { moment, definitions, now } = facts
  const { after, timeZone, local } = moment
  const { time, day } = localText(local ?? '')
  const definition = definitionAt(definitions, after)
  const gap = `${time} did not exist on ${day} in ${timeZone}: ${clocksText(after, timeZone)}`
  const tell = (what: string, occurrence: Occurrence | null = null): Explanation => {
    return { verdict: 'IN_GAP', message: sentence(`${gap}; ${what}`), ...beside, occurrence }
  }
  if (!definition) return tell('nor did the job exist then')

  const { schedule, timing, state } = definition.job
  const strict = { ...timetableIn(definition), dstGap: 'SKIP' } as const
  const named = gapSkipsBetween(strict, new Date(after.getTime() - 1), after, TIMES_MAX)
  // Wall times are written without a fraction that is zero.
  const asked = (local ?? '').replace(/\.0+$/, '')
  if (!named.some(({ wallTime }) => wallTime.startsWith(asked))) {
    return tell(`and "${schedule}" adds nothing for a time that does not exist there`)
  }
  if (state !== 'ACTIVE' && state !== 'PAUSED') return tell(`and the job was ${state.toLowerCase()} then`)

  const record = recordOf(facts)
  const rule = `by dstGap ${timing.dstGap}`
  if (record?.outcome === 'SKIPPED_DST') return tell(`${rule} it was left out`, record)
  if (record?.outcome === 'FIRED') return tell(`${rule} it fired at ${firedAt(record, timeZone)}`, record)
  if (record)
    return tell(`${rule} it was due at ${firedAt(record, timeZone)}, and ${decidedText(facts, record)}`, record)
  if (timing.dstGap === 'SKIP') return tell(`${rule} it is left out`)
  const due = gapInstant(facts, timing.dstGap)
  const { time: dueTime } = localTextOf(due, timeZone)
  if (isDeleted(facts, due)) return tell(`${rule} ${deletedText(facts)}`)
  if (due > now) return tell(`${rule} it will fire at ${dueTime}`)
  return tell(`${rule} it was due at ${dueTime}, and the ledger has no record of it`)
}

/** When a wall time in a gap is due, by the rules for a fixed time. */
function gapInstant({ moment }: Pick<Facts, 'moment'>, dstGap: 'FIRE_AFTER' | 'SHIFT' | 'SKIP'): Date {
  const { after, local, timeZone } = moment
  if (dstGap !== 'SHIFT') return after
  const before = new Date(after.getTime() - 1)
  const wallMs = Date.parse(`${local}${local?.length === 16 ? ':00' : ''}Z`)
  return new Date(wallMs - offsetMsOf(before, timeZone))
}

function recordOf({ moment, records, definitions }: Facts): Occurrence | null {
  const dstGap = definitionAt(definitions, moment.after)?.job.timing.dstGap ?? 'FIRE_AFTER'
  if (dstGap === 'SKIP') {
    // The times of one jump have one record.
    return (
      records.find(({ outcome, scheduledFor }) => outcome === 'SKIPPED_DST' && +scheduledFor === +moment.after) ?? null
    )
  }
  const due = gapInstant({ moment }, dstGap)
  const isDue = ({ scheduledFor, through }: Occurrence): boolean => scheduledFor <= due && due <= through
  return (
    records.find((record) => record.cause === 'schedule' && record.outcome !== 'SKIPPED_DST' && isDue(record)) ?? null
  )
}

function firedAt({ scheduledFor }: Occurrence, timeZone: string): string {
  return localTextOf(scheduledFor, timeZone).time
}

function clocksText(after: Date, timeZone: string): string {
  const before = new Date(after.getTime() - 1)
  const from = new Date(after.getTime() + offsetMsOf(before, timeZone)).toISOString()
  return `the clocks went from ${localText(from).time} to ${localTextOf(after, timeZone).time}`
}
