import { CronExpressionParser } from 'cron-parser'
import { Cron } from 'croner'
import { firesBetween, parseSchedule } from '#platform/schedule'

/** What a library finds in a range of time, and what ended its walk before the range did. */
export interface Walk {
  readonly times: readonly number[]
  /** It threw, or gave a time that is not later than the one before. */
  readonly ended: 'throws' | 'stands still' | null
}

/** Two other libraries, asked for one time after another. */
export const peers: Readonly<Record<string, (text: string, timeZone: string, fromMs: number, toMs: number) => Walk>> = {
  'cron-parser': (text, timeZone, fromMs, toMs) => {
    const iterator = CronExpressionParser.parse(text, { currentDate: new Date(fromMs), tz: timeZone })
    return walk(fromMs, toMs, () => iterator.next().getTime())
  },
  croner: (text, timeZone, fromMs, toMs) => {
    const cron = new Cron(text, { timezone: timeZone })
    return walk(fromMs, toMs, (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() ?? Infinity)
  },
}

/** What ours finds, where nothing is said of gaps and repeats. */
export function ours(text: string, timeZone: string, fromMs: number, toMs: number): readonly number[] {
  const timetable = { schedule: parseSchedule(text), since: new Date(0), timeZone }
  return firesBetween(timetable, new Date(fromMs), new Date(toMs), Infinity).map(Number)
}

function walk(fromMs: number, toMs: number, nextMs: (afterMs: number) => number): Walk {
  const times: number[] = []
  let afterMs = fromMs
  try {
    for (;;) {
      const next = nextMs(afterMs)
      if (next > toMs) return { times, ended: null }
      if (next <= afterMs) return { times, ended: 'stands still' }
      times.push(next)
      afterMs = next
    }
  } catch {
    return { times, ended: 'throws' }
  }
}
