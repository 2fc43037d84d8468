import type { Clock } from '#platform/clock'
import { DomainError } from '#platform/domain'
import { type Caller, signedIn } from '#platform/identity'
import { defaultPolicy, policyOf } from '#platform/policy'
import { defaultTimingOptions } from '#platform/schedule'
import { type Simulation, simulateSchedule } from '../domain/simulate-schedule.ts'
import type { JobsParts } from '../parts.ts'
import { currentCalendars, type KnownCalendars } from '../projections/calendars.ts'
import { type CalendarInput, checkedCalendarName, checkedRules } from './calendar-input.ts'
import { scheduleCheck } from './checked-schedule.ts'
import { checkedPolicy, type PolicyInput } from './policy-input.ts'
import { gatherRefusals, refusalOf } from './refusals.ts'
import { calendarNames, checkedTiming, type TimingInput } from './timing-input.ts'

/** A job that is imagined. */
export interface SimulateScheduleInput
  extends Omit<TimingInput, 'pauseOnFailures'>,
    Pick<PolicyInput, 'overlap' | 'bufferMax'> {
  readonly schedule: string
  /** What jitter and `H` are hashes of. */
  readonly jobId?: string | null | undefined
  /** Calendars that need not exist: a name means one of these before one that does. */
  readonly inlineCalendars?: readonly CalendarInput[] | null | undefined
}

/** When, and under what. */
export interface SimulatedTime {
  /** Not included. */
  readonly from: Date
  /** Included. */
  readonly to: Date
  readonly assumedDuration?: number | null | undefined
  readonly outages?: readonly { readonly from: Date; readonly to: Date }[] | null | undefined
}

const RANGE_MS_MAX = 3_653 * 86_400_000
const CALENDARS_MAX = 10
const OUTAGES_MAX = 1_000
// Nobody else waits for longer at a time.
const SLICE_MS = 10
const JOB_ID_LENGTH_MAX = 191
// It is a hash of something, and of what hardly matters.
const NO_JOB = 'simulated'

/**
 * What a scheduler would decide of a job over a time, by the function that it runs. Nothing is written.
 *
 * @throws {DomainError} INVALID_SCHEDULE, INVALID_TIME_ZONE, UNKNOWN_CALENDAR, BAD_USER_INPUT
 */
export async function simulateInput(
  parts: JobsParts,
  caller: Caller | null,
  { schedule: written, jobId, inlineCalendars, ...terms }: SimulateScheduleInput,
  { from, to, assumedDuration, outages }: SimulatedTime,
): Promise<Simulation> {
  const { workspaceIds } = signedIn(caller)
  checkTime(from, to, outages ?? [])
  const seed = jobId ?? NO_JOB
  if (seed.length > JOB_ID_LENGTH_MAX) throw wrong('input.jobId', 'jobId is the id of a job')
  const calendars = await calendarsFor(parts, workspaceIds, calendarNames([terms]), inlineCalendars ?? [])
  const { attempt, refusals } = gatherRefusals()
  const { timing } = checkedTiming(terms, attempt, calendars)
  const text = checkedPolicy(terms, attempt, defaultPolicy)
  const policy = text === undefined ? defaultPolicy : policyOf(text)
  const whole = { ...defaultTimingOptions, ...timing, schedule: written }
  // As if it were created then: what had no future would have been refused.
  const schedule = attempt(() => scheduleCheck(from)(whole, seed))
  if (schedule === undefined || refusals.length > 0) throw refusalOf(refusals)
  const range = { from, to, outages: outages ?? [], assumedDurationMs: assumedDuration ?? null, policy }
  return inTurns(parts.clock, simulateSchedule({ jobId: seed, timing: { ...whole, schedule }, ...range }))
}

/** Takes the steps of something that may be long, and lets others have their turn meanwhile. */
async function inTurns<Result>(clock: Clock, steps: Generator<undefined, Result>): Promise<Result> {
  let turnMs = clock.monotonicMs()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    if (clock.monotonicMs() - turnMs < SLICE_MS) continue
    await clock.turn()
    turnMs = clock.monotonicMs()
  }
}

/** Those that are given, and of the others those that exist. @throws {DomainError} BAD_USER_INPUT, LIMIT_EXCEEDED */
async function calendarsFor(
  { database }: JobsParts,
  [workspaceId = '']: readonly string[],
  names: readonly string[],
  given: readonly CalendarInput[],
): Promise<KnownCalendars> {
  if (given.length > CALENDARS_MAX) throw wrong('input.inlineCalendars', `at most ${CALENDARS_MAX} calendars are given`)
  const inline = new Map(
    given.map((calendar) => [checkedCalendarName(calendar.name), { version: 0, rules: checkedRules(calendar) }]),
  )
  const others = names.filter((name) => !inline.has(name))
  const known = await currentCalendars(database.reader, workspaceId, others)
  return { get: (name) => inline.get(name) ?? known.get(name), names: known.names }
}

function checkTime(from: Date, to: Date, outages: NonNullable<SimulatedTime['outages']>): void {
  if (from >= to) throw wrong('from', 'from must be before to')
  if (to.getTime() - from.getTime() > RANGE_MS_MAX) throw wrong('to', 'to is at most ten years after from')
  if (outages.length > OUTAGES_MAX) throw wrong('outages', `there are at most ${OUTAGES_MAX} outages`)
  const empty = outages.findIndex((outage) => outage.from >= outage.to)
  if (empty >= 0) throw wrong(`outages.${empty}`, 'an outage begins before it is over')
}

function wrong(argument: string, message: string): DomainError {
  return new DomainError('BAD_USER_INPUT', message, { argument })
}
