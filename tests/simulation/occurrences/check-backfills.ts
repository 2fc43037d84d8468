import { text } from './check-records.ts'
import type { AskedBackfill, Change, JobStep, ToldBackfill, ToldFire } from './job-history.ts'
import { forbiddenBy } from './slow-calendar.ts'
import { slowTimes } from './slow-times.ts'

/** A backfill, and what became of it. */
interface Following {
  readonly asked: AskedBackfill
  readonly times: ReadonlySet<number>
  readonly forbidden: ReadonlySet<number>
  readonly fired: Set<number>
  /** All that fired, whatever the cause. */
  readonly firedAtAll: ReadonlySet<number>
  readonly instants: number[]
  isStopped: boolean
  told: ToldBackfill | undefined
}

const MINUTE_MS = 60_000
const ENDED: readonly string[] = ['COMPLETED', 'CANCELLED']

/**
 * A backfill fires each nominal time of its range once, calendars minded, pauses not; none that had fired already, unless
 * asked to; and no more in a minute than it may. It is over in the end.
 */
export function checkBackfills(steps: readonly JobStep[]): readonly string[] {
  const backfills = new Map<string, Following>()
  const fired = new Set<number>()
  const findings: string[] = []
  for (const step of steps) {
    if (step.type === 'received') {
      begin(backfills, step.change, fired)
      continue
    }
    const { advance } = step
    for (const fire of advance.fired) {
      if (fire.cause.startsWith('backfill:')) findings.push(...takeFire(backfills, fire, advance.decidedAtMs, fired))
      if (!fire.cause.startsWith('trigger:')) fired.add(fire.nominalMs)
    }
    for (const told of advance.backfills) {
      const following = backfills.get(told.id)
      if (following) following.told = told
      else findings.push(`nobody asked for the backfill ${told.id}`)
    }
  }
  return [...findings, ...[...backfills.values()].flatMap(atTheEnd)]
}

function begin(backfills: Map<string, Following>, change: Change, fired: ReadonlySet<number>): void {
  const { backfill: asked, kind, timing } = change
  if (kind === 'ARCHIVED') for (const each of backfills.values()) each.isStopped = true
  if (!asked) return
  const known = backfills.get(asked.id)
  if (known) known.isStopped = true
  if (known) return
  const { times } = slowTimes(timing, asked.fromMs, asked.fromMs, asked.toMs)
  const forbidden = times.filter((atMs) => forbiddenBy(timing.calendars, atMs, timing.timeZone) !== undefined)
  backfills.set(asked.id, {
    asked,
    times: new Set(times),
    forbidden: new Set(forbidden),
    fired: new Set(),
    firedAtAll: fired,
    instants: [],
    isStopped: false,
    told: undefined,
  })
}

function takeFire(
  backfills: ReadonlyMap<string, Following>,
  { cause, nominalMs }: ToldFire,
  decidedAtMs: number,
  firedBefore: ReadonlySet<number>,
): readonly string[] {
  const what = `${cause} fires ${text(nominalMs)}`
  const following = backfills.get(cause.slice('backfill:'.length))
  if (!following) return [`${what}, and nobody asked for it`]
  const { asked, times, forbidden, fired } = following
  const findings: string[] = []
  if (!times.has(nominalMs)) findings.push(`${what}, which is out of its range or no nominal time`)
  if (forbidden.has(nominalMs)) findings.push(`${what}, which a calendar forbids`)
  if (fired.has(nominalMs)) findings.push(`${what} twice`)
  if (!asked.rerun && firedBefore.has(nominalMs)) findings.push(`${what}, which had fired`)
  if (following.told && ENDED.includes(following.told.state)) findings.push(`${what} after its end`)
  fired.add(nominalMs)
  following.instants.push(decidedAtMs)
  return findings
}

function atTheEnd(following: Following): readonly string[] {
  const { asked, times, forbidden, fired, firedAtAll, isStopped, told, instants } = following
  const what = `backfill ${asked.id}`
  const findings: string[] = []
  if (!told || !ENDED.includes(told.state))
    findings.push(`${what} is told to be ${told?.state ?? 'nothing'} at the end`)
  if (told && told.firedCount !== fired.size) findings.push(`${what} counts ${told.firedCount} of ${fired.size} fires`)
  const isLeftOut = (atMs: number): boolean => forbidden.has(atMs) || (!asked.rerun && firedAtAll.has(atMs))
  const missing = [...times].filter((atMs) => !fired.has(atMs) && !isLeftOut(atMs))
  if (!isStopped && missing.length > 0) findings.push(`${what} left out ${missing.map(text).join(', ')}`)
  // What two minutes that lie beside each other may hold.
  const most = 2 * asked.firesPerMinuteMax
  const crowded = instants.find((atMs, index) => {
    const last = instants[index + most]
    return last !== undefined && last >= atMs && last - atMs < MINUTE_MS
  })
  if (crowded !== undefined) findings.push(`${what} fires more than ${most} within the minute after ${text(crowded)}`)
  return findings
}
