import { calendarVerdict } from '#platform/schedule'
import type { Decision, Skip, Timetable } from '#platform/timetable'
import { byOwnClock } from '../mutants.ts'
import type { WhenPlant } from './when-world.ts'

/** Broken rules of time, each with one right part replaced. Every one must be found. */
export const whenMutants: Readonly<Record<string, WhenPlant>> = {
  'catching up fires one too many': before((timetable) =>
    timed(timetable, { catchupMax: timetable.timing.catchupMax + 1 }),
  ),
  'LAST takes the oldest': after(takeOldest),
  'what a pause held back fires when it is over': before((timetable) => {
    const isResumed = timetable.state === 'PAUSED' && timetable.waiting[0]?.state === 'ACTIVE'
    return isResumed ? { ...timetable, state: 'ACTIVE' } : timetable
  }),
  'an edit loses the next time': after((decision, timetable) => {
    const isEdited = decision.timetable.schedule !== timetable.schedule && timetable.jobVersion > 0
    return isEdited && decision.nextNominal ? decidedThrough(decision, decision.nextNominal) : decision
  }),
  'an edit goes back to what was decided': after((decision, timetable) => {
    const isEdited = decision.timetable.timing !== timetable.timing && timetable.jobVersion > 0
    return isEdited ? decidedThrough(decision, new Date(timetable.decidedThrough.getTime() - 60_000)) : decision
  }),
  'nothing is too old to be caught up': before((timetable) =>
    timed(timetable, { catchupWindowMs: Number.MAX_SAFE_INTEGER / 4 }),
  ),
  'calendars are asked when it is known what is caught up': after(forbidLast, (timetable) =>
    timed(timetable, { calendars: [] }),
  ),
  'jitter goes beyond the next time': after((decision) => ({
    ...decision,
    fires: decision.fires.map((fire) => ({
      ...fire,
      effectiveAt: new Date(fire.effectiveAt.getTime() + decision.timetable.timing.jitterMs),
    })),
  })),
  'a range counts one too many': after((decision) => ({
    ...decision,
    skips: decision.skips.map((skip) => (skip.count > 1 ? { ...skip, count: skip.count + 1 } : skip)),
  })),
  'the rest of a backlog is judged anew': before((timetable) => ({ ...timetable, backlogAsOf: null })),
  'a scheduler fires by its own clock': { database: byOwnClock },
  'a limit of fires counts what was skipped': after((decision) => {
    const skipped = decision.skips.reduce((sum, { count }) => sum + count, 0)
    const { timetable } = decision
    return { ...decision, timetable: { ...timetable, scheduleFires: timetable.scheduleFires + skipped } }
  }),
  'a backfill fires what already ran': {
    decide: (right) => (timetable, now, firesMax, fired) =>
      right(timetable, now, firesMax, fired && new Map([...fired.keys()].map((id) => [id, new Set()]))),
  },
  'a pause does not end by itself': before((timetable) => ({
    ...timetable,
    pausedUntil: null,
    waiting: timetable.waiting.map((change) => ({ ...change, pausedUntil: null })),
  })),
  'what is due goes by the clocks of UTC': before((timetable) => timed(timetable, { timeZone: 'UTC' })),
  'what is late just fires': before((timetable) => timed(timetable, { lateAfterMs: Number.MAX_SAFE_INTEGER / 4 })),
}

/** A broken rule that looks at something else than what is. */
function before(look: (timetable: Timetable) => Timetable): WhenPlant {
  return after((decision) => decision, look)
}

/** A broken rule that makes something else of what was decided. */
function after(
  change: (decision: Decision, timetable: Timetable) => Decision,
  look: (timetable: Timetable) => Timetable = (timetable) => timetable,
): WhenPlant {
  return {
    decide: (right) => (timetable, now, firesMax, fired) =>
      change(asItWas(right(look(timetable), now, firesMax, fired), timetable), timetable),
  }
}

/** What the next decision reads is what people said, not what a broken rule took it for. */
function asItWas(decision: Decision, { waiting, ...version }: Timetable): Decision {
  const { timetable } = decision
  const applied = waiting.find((change) => change.version === timetable.jobVersion) ?? version
  const left = waiting.filter((one) => timetable.waiting.some((other) => other.version === one.version))
  const pausedUntil = timetable.state === 'PAUSED' ? applied.pausedUntil : null
  return { ...decision, timetable: { ...timetable, timing: applied.timing, pausedUntil, waiting: left } }
}

function timed(timetable: Timetable, fields: Partial<Timetable['timing']>): Timetable {
  const change = <T extends { readonly timing: Timetable['timing'] }>(one: T): T => ({
    ...one,
    timing: { ...one.timing, ...fields },
  })
  return { ...change(timetable), waiting: timetable.waiting.map(change) }
}

function decidedThrough(decision: Decision, through: Date): Decision {
  return { ...decision, timetable: { ...decision.timetable, decidedThrough: through } }
}

/** The one that was collapsed fires, and the last does not. */
function takeOldest(decision: Decision): Decision {
  const collapsed = decision.skips.find(({ reason, count }) => reason === 'COLLAPSED' && count === 1)
  const last = decision.fires.find(({ isLate, cause }) => isLate && cause === 'schedule')
  if (!collapsed || !last) return decision
  const oldest = { ...last, nominalAt: collapsed.from, effectiveAt: collapsed.from }
  const newest = { ...collapsed, from: last.nominalAt, through: last.nominalAt }
  return {
    ...decision,
    fires: decision.fires.map((fire) => (fire === last ? oldest : fire)),
    skips: decision.skips.map((skip) => (skip === collapsed ? newest : skip)),
  }
}

/** What fires on a day on which it must not is skipped after all. */
function forbidLast(decision: Decision): Decision {
  const { calendars, timeZone } = decision.timetable.timing
  const skips = decision.fires.flatMap(({ cause, nominalAt, jobVersion }): Skip[] => {
    const verdict = cause === 'schedule' ? calendarVerdict(calendars, nominalAt, timeZone) : null
    if (!verdict) return []
    const why = {
      outcome: 'SKIPPED_CALENDAR',
      reason: 'CALENDAR',
      detail: `${verdict.calendar}: ${verdict.detail}`,
    } as const
    return [{ cause, from: nominalAt, through: nominalAt, count: 1, ...why, jobVersion, wallTime: null }]
  })
  const forbidden = new Set(skips.map(({ from }) => from))
  const fires = decision.fires.filter(({ nominalAt }) => !forbidden.has(nominalAt))
  return { ...decision, fires, skips: [...decision.skips, ...skips] }
}
