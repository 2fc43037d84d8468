import { calendarVerdict, durationText } from '#platform/schedule'
import { type Definition, definitionAt, definitionOfVersion } from './definition.ts'
import { localTextOf, type Moment } from './moment.ts'
import { lateByMs, type Occurrence } from './occurrence.ts'

/** What a sentence about a record needs beside it. */
export interface TextFacts {
  readonly moment: Moment
  readonly definitions: readonly Definition[]
}

/** What is known of how far the ledger reaches back. */
export interface LedgerFacts {
  /** Records of before were deleted, since their time was over; null while none were. */
  readonly ledgerSince: Date | null
}

/** What became of a record, for people. */
export function decidedText(facts: TextFacts, record: Occurrence): string {
  switch (record.outcome) {
    case 'FIRED':
      return firedText(facts, record)
    case 'EXPIRED':
      return `${firedText(facts, record)}; but ${record.detail}`
    case 'SKIPPED_OVERLAP':
    case 'DROPPED_BUFFER':
    case 'SKIPPED_DUPLICATE':
      return `${firedText(facts, record)}; but it was not run: ${record.detail}`
    case 'SKIPPED_PAUSED':
      return pausedText(definitionAt(facts.definitions, record.scheduledFor), record)
    case 'SKIPPED_CALENDAR':
      return `it was skipped by calendar ${record.detail}`
    case 'SKIPPED_DST':
      return `${record.wallTime ?? 'it'} did not exist, and by dstGap SKIP it was left out`
    case 'SKIPPED_CATCHUP':
      return catchupText(facts, record)
    case 'PENDING':
      return `it was due and is not decided yet: ${record.detail}`
  }
}

/** What is to be expected of a nominal time that lies ahead, as things stand. */
export function futureText({ job }: Definition, at: Date): string {
  const { state, pause, timing } = job
  const verdict = calendarVerdict(timing.calendars, at, timing.timeZone)
  if (verdict) return `it is due then, and will be skipped by calendar ${verdict.calendar}: ${verdict.detail}`
  if (state === 'PAUSED' && !(pause?.until && pause.until < at)) {
    return `it is due then, but the job is paused${pauseText(pause)}: it will be skipped unless the job is resumed`
  }
  return `it is due then, ${at.toISOString()}, and not before`
}

/** What a nominal time without a record was skipped by, where that is sure; null where it is not. */
export function forbiddenText({ job: { timing } }: Definition, at: Date): string | null {
  const verdict = calendarVerdict(timing.calendars, at, timing.timeZone)
  return (
    verdict && `it is skipped by calendar ${verdict.calendar}: ${verdict.detail}; its record is about to be written`
  )
}

/** Whether there may have been a record, and it was deleted since. */
export function isDeleted({ ledgerSince }: LedgerFacts, at: Date): boolean {
  return ledgerSince !== null && at < ledgerSince
}

/** Why there is no record of before. */
export function deletedText({ ledgerSince }: LedgerFacts): string {
  return `it was due, and what became of it was deleted: the ledger reaches back to ${ledgerSince?.toISOString()}`
}

/** A text as a sentence: with a capital, and one full stop. */
export function sentence(text: string): string {
  const capital = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}

function firedText({ moment }: TextFacts, record: Occurrence): string {
  const { cause, decidedAt, scheduledFor, effectiveAt } = record
  const { time, day } = localTextOf(decidedAt ?? scheduledFor, moment.timeZone)
  const when = `at ${time} on ${day} in ${moment.timeZone}`
  if (cause.startsWith('chain:'))
    return `it is no time of the schedule, but an execution of another job led to it ${when}`
  if (cause.startsWith('trigger:')) return `it is no time of the schedule, but somebody triggered the job ${when}`
  if (cause.startsWith('backfill:')) return `it was run by a backfill (${cause.slice('backfill:'.length)}) ${when}`
  const lateMs = lateByMs(record)
  if (lateMs !== null) return `it fired ${when}, late by ${durationText(lateMs)}`
  const jitterMs = (effectiveAt ?? scheduledFor).getTime() - scheduledFor.getTime()
  return jitterMs > 0
    ? `it fired ${when}, on time with a jitter of ${durationText(jitterMs)}`
    : `it fired on time, ${when}`
}

function pausedText(definition: Definition | null, { detail }: Occurrence): string {
  const pause = definition?.job.pause ?? null
  // Where the pause is not known any more the scheduler's word is.
  if (pause === null) return `the job was paused${detail === '' ? '' : `: ${detail}`}`
  return `the job was paused${pauseText(pause)}`
}

function pauseText(pause: Definition['job']['pause']): string {
  if (pause === null) return ''
  const { since, until, by, note, reason } = pause
  const asked = by === '' ? '' : ` by ${by}`
  const who = reason === 'FAILURES' ? ' after failures' : asked
  const end = until ? ` until ${until.toISOString()}` : ''
  return `${who} since ${since.toISOString()}${end}${note ? `: ${note}` : ''}`
}

function catchupText({ definitions }: TextFacts, { reason, decidedAt, jobVersion }: Occurrence): string {
  const timing = definitionOfVersion(definitions, jobVersion)?.job.timing
  const missed = `it was missed, since it was not decided before ${decidedAt?.toISOString() ?? 'now'}`
  const late = durationText(timing?.lateAfterMs ?? 0)
  switch (reason) {
    case 'CATCHUP_NONE':
      return `${missed}; by catchup NONE what is later than ${late} is skipped`
    case 'COLLAPSED':
      return `${missed}; by catchup LAST only the newest time that was missed is run`
    case 'OUTSIDE_WINDOW':
      return `${missed}; what is older than ${durationText(timing?.catchupWindowMs ?? 0)} is not caught up`
    case 'OVER_CATCHUP_MAX':
      return `${missed}; only the newest ${timing?.catchupMax ?? 0} are caught up`
    case 'SUPERSEDED':
      return `${missed}, and the job was paused or changed meanwhile: catch-up begins there`
    default:
      return `${missed} (${reason})`
  }
}
