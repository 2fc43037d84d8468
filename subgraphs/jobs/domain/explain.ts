import { nextAfter } from '#platform/schedule'
import { type Definition, definitionAt, startOf, timetableIn } from './definition.ts'
import { explainGap } from './explain-gap.ts'
import {
  decidedText,
  deletedText,
  forbiddenText,
  futureText,
  isDeleted,
  type LedgerFacts,
  sentence,
} from './explain-text.ts'
import type { JobStatus } from './job-status.ts'
import { localTextOf, type Moment } from './moment.ts'
import { nextOf, previousBefore } from './neighbours.ts'
import type { Occurrence } from './occurrence.ts'

/** What became of a moment, in a word. */
export type Verdict =
  | 'FIRED'
  | 'SKIPPED'
  | 'PENDING'
  | 'FUTURE'
  | 'NOT_DUE'
  | 'NOT_SCHEDULED'
  | 'BEFORE_CREATION'
  | 'IN_GAP'
  | 'UNKNOWN'

/** Why a job ran or did not run at a moment. */
export interface Explanation {
  readonly verdict: Verdict
  /** For people: names the reason. */
  readonly message: string
  /** The instant that was looked at. */
  readonly at: Date
  readonly timeZone: string
  readonly occurrence: Occurrence | null
  /** The nominal times beside it. */
  readonly previous: Date | null
  readonly next: Date | null
}

/** What an explanation follows from. */
export interface Facts extends LedgerFacts {
  readonly moment: Moment
  readonly definitions: readonly Definition[]
  /** Records that touch the moment, clipped to it; of a wall time that did not exist, those at the end of the gap. */
  readonly records: readonly Occurrence[]
  readonly status: Pick<JobStatus, 'exhausted'>
  readonly now: Date
}

/** Explains a moment of a job. */
export function explain(facts: Facts): Explanation {
  const { moment, definitions } = facts
  if (moment.instants.length === 0) return explainGap(facts, beside(facts, moment.after))
  const record = recordOf(facts.records)
  const at = record?.scheduledFor ?? dueIn(facts) ?? moment.instants[0] ?? moment.after
  const [verdict, message] = record ? decided(facts, record) : undecided(facts, at)
  const twice = moment.instants.length > 1 ? `${twiceText(moment, definitions, at)} ` : ''
  return { verdict, message: sentence(`${twice}${message}`), ...beside(facts, at), occurrence: record }
}

function beside({ moment, definitions }: Facts, at: Date) {
  const { timeZone } = moment
  const end = new Date(at.getTime() + moment.lengthMs)
  return { at, timeZone, previous: previousBefore(definitions, at), next: nextOf(definitions, end) }
}

/** The schedule's own record before those of triggers and backfills, and the earlier one before the later. */
function recordOf(records: readonly Occurrence[]): Occurrence | null {
  const byTime = [...records].sort((one, other) => one.scheduledFor.getTime() - other.scheduledFor.getTime())
  return byTime.find(({ cause }) => cause === 'schedule') ?? byTime[0] ?? null
}

/** The nominal time in the moment, by what the job was then. */
function dueIn({ moment: { instants, lengthMs }, definitions }: Facts): Date | null {
  for (const at of instants) {
    const end = new Date(at.getTime() + lengthMs)
    const definition = definitionAt(definitions, end)
    if (!definition) continue
    const start = new Date(Math.max(at.getTime() - 1, startOf(definition).getTime()))
    const next = nextAfter(timetableIn(definition), start)
    if (next !== null && next <= end) return next
  }
  return null
}

function twiceText({ instants, timeZone }: Moment, definitions: readonly Definition[], at: Date): string {
  const { time, day } = localTextOf(instants[0] ?? at, timeZone)
  const overlap = definitionAt(definitions, at)?.job.timing.dstOverlap ?? 'FIRST'
  const which = at < (instants[1] ?? at) ? 'first' : 'second'
  return `${time} came twice on ${day} in ${timeZone} (dstOverlap is ${overlap}); this is the ${which}:`
}

function decided(facts: Facts, record: Occurrence): readonly [Verdict, string] {
  const others = facts.records.filter((other) => other !== record)
  const asked = others.filter(({ cause, outcome }) => cause !== 'schedule' && outcome === 'FIRED')
  const ran = [...new Set(asked.map(({ cause }) => `; it was also run by ${cause}`))].join('')
  return [VERDICTS[record.outcome], `${decidedText(facts, record)}${ran}${moreText(others)}`]
}

/** What the schedule has beside the record in a moment that is longer, or comes twice. */
function moreText(others: readonly Occurrence[]): string {
  const times = others.filter(({ cause }) => cause === 'schedule')
  if (times.length === 0) return ''
  const count = times.reduce((sum, each) => sum + each.count, 0)
  const last = new Date(Math.max(...times.map(({ through }) => through.getTime())))
  return count === 1
    ? `; one more of its times is there, ${last.toISOString()}`
    : `; ${count} more of its times are there, up to ${last.toISOString()}`
}

const VERDICTS = {
  FIRED: 'FIRED',
  EXPIRED: 'FIRED',
  SKIPPED_CATCHUP: 'SKIPPED',
  SKIPPED_PAUSED: 'SKIPPED',
  SKIPPED_CALENDAR: 'SKIPPED',
  SKIPPED_DST: 'SKIPPED',
  SKIPPED_OVERLAP: 'SKIPPED',
  DROPPED_BUFFER: 'SKIPPED',
  SKIPPED_DUPLICATE: 'SKIPPED',
  PENDING: 'PENDING',
} as const satisfies Record<Occurrence['outcome'], Verdict>

function undecided(facts: Facts, at: Date): readonly [Verdict, string] {
  const { definitions, now, status, moment } = facts
  const [first] = definitions
  const end = new Date(at.getTime() + moment.lengthMs)
  const definition = definitionAt(definitions, end)
  if (!first || !definition) {
    return ['BEFORE_CREATION', `the job did not exist yet: it was created at ${first?.since.toISOString() ?? '?'}`]
  }
  const { state, schedule, timing } = definition.job
  if (state === 'ARCHIVED') return ['NOT_SCHEDULED', `the job is archived since ${definition.since.toISOString()}`]
  if (state === 'COMPLETED') {
    return ['NOT_SCHEDULED', `the job is completed since ${definition.since.toISOString()}: it could fire no more`]
  }
  if (schedule === '@manually') return ['NOT_SCHEDULED', 'the schedule is @manually: the job runs when it is triggered']
  if (timing.startAtMs !== null && end.getTime() < timing.startAtMs) {
    return ['NOT_SCHEDULED', `the schedule starts at ${new Date(timing.startAtMs).toISOString()}`]
  }
  if (timing.endAtMs !== null && at.getTime() > timing.endAtMs) {
    return ['NOT_SCHEDULED', `the schedule ended at ${new Date(timing.endAtMs).toISOString()}`]
  }
  if (dueIn(facts) === null) return ['NOT_DUE', notDueText(facts, definition, at)]
  if (status.exhausted && definition === definitions.at(-1)) {
    return ['NOT_SCHEDULED', 'the schedule is over: it has fired as often as it may']
  }
  if (at > now) return ['FUTURE', futureText(definition, at)]
  if (isDeleted(facts, at)) return ['UNKNOWN', deletedText(facts)]
  const forbidden = forbiddenText(definition, at)
  if (forbidden !== null) return ['SKIPPED', forbidden]
  return ['UNKNOWN', 'it was due, and the ledger has no record of it: it is older than the ledger, or not told of yet']
}

function notDueText({ moment, definitions }: Facts, { job }: Definition, at: Date): string {
  const { timeZone } = job.timing
  const { time, day } = localTextOf(at, timeZone)
  const named = (date: Date | null): string => {
    if (date === null) return 'none'
    const text = localTextOf(date, timeZone)
    return `${text.time} on ${text.day}`
  }
  const previous = previousBefore(definitions, at)
  const next = nextOf(definitions, new Date(at.getTime() + moment.lengthMs))
  const neighbours = `the one before is ${named(previous)}, the one after ${named(next)}`
  return `"${job.schedule}" has no time at ${time} on ${day} in ${timeZone}: ${neighbours}`
}
