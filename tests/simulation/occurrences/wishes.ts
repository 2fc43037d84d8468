import type { Draw } from '../draw.ts'
import { drawCalendar, drawSchedule, drawTiming, type Tempo } from './draw-timing.ts'
import type { Change } from './job-history.ts'
import type { JobsDesk } from './jobs-desk.ts'

/** What people have to do with. */
export interface Wishing {
  readonly desk: JobsDesk
  readonly draw: Draw
  readonly tempo: Tempo
  readonly nowMs: () => number
}

const JOBS_MAX = 3
const DELAY_MS_MAX = 3_000
/** An instant that is past belongs to a job that is new. */
const AHEAD_MS = 31_000

/** Somebody wants a job. */
export function wishForJob({ desk, draw, tempo, nowMs }: Wishing): void {
  desk.create(drawTiming(draw, tempo, nowMs()), delayMs(draw))
}

/** Somebody wants something, mostly of a job that is there. */
export function wish(wishing: Wishing): void {
  const { draw, desk } = wishing
  const alive = [...desk.jobs.values()].filter(({ state }) => state !== 'ARCHIVED')
  const isWanted = desk.jobs.size < JOBS_MAX && draw.chance(0.15)
  if (alive.length === 0 || isWanted) wishForJob(wishing)
  else WISHES[draw.weighted(WEIGHTS)](wishing, draw.pick(alive), delayMs(draw))
}

type Wish = (wishing: Wishing, job: Change, delayMs: number) => void

const WEIGHTS = { edit: 6, params: 3, calendars: 1, stop: 6, archive: 1, trigger: 3, backfill: 4 } as const

const WISHES: Readonly<Record<keyof typeof WEIGHTS, Wish>> = {
  edit(wishing, job, delay) {
    wishing.desk.update(job, { timing: drawEdit(wishing, job) }, delay)
  },
  params({ desk }, job, delay) {
    desk.update(job, { params: JSON.stringify({ message: `m${job.version}` }) }, delay)
  },
  calendars({ desk, draw, tempo }, job, delay) {
    desk.changeCalendars(job, [drawCalendar(draw, tempo, job.atMs)], delay)
  },
  stop({ desk, draw, tempo, nowMs }, job, delay) {
    if (job.state === 'PAUSED' && draw.chance(0.8)) desk.resume(job, nowMs(), delay)
    else desk.pause(job, draw.chance(0.4) ? nowMs() + draw.int(1, 10 * tempo.unitMs) : null, delay)
  },
  archive({ desk }, job, delay) {
    desk.archive(job, delay)
  },
  trigger({ desk }, job, delay) {
    desk.trigger(job, delay)
  },
  backfill({ desk, draw, tempo, nowMs }, job, delay) {
    const before = desk.changes.findLast(({ jobId, backfill }) => jobId === job.jobId && backfill)?.backfill
    if (before && draw.chance(0.4)) {
      desk.cancel(job, before, delay)
      return
    }
    // What fires once has no times of before.
    if (job.timing.schedule.startsWith('@at') || job.timing.schedule === '@now') return
    const toMs = nowMs() - draw.int(0, 5) * tempo.unitMs
    const fromMs = toMs - draw.int(1, 10) * tempo.unitMs
    desk.backfill(job, { fromMs, toMs, rerun: draw.chance(0.3), firesPerMinuteMax: draw.pick([6, 60, 600]) }, delay)
  },
}

/** How long it takes until the schedulers hear of something. */
function delayMs(draw: Draw): number {
  return draw.chance(0.2) ? draw.int(1, DELAY_MS_MAX) : 0
}

/** Some of it new, the rest as it was. */
function drawEdit({ draw, tempo, nowMs }: Wishing, job: Change): Change['timing'] {
  const anew = drawTiming(draw, tempo, nowMs())
  const schedule = draw.chance(0.7) ? drawSchedule(draw, tempo, nowMs() + AHEAD_MS) : job.timing.schedule
  return draw.chance(0.5) ? { ...job.timing, schedule } : { ...anew, schedule }
}
