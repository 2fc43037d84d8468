import type { Unit } from '#platform/database'
import { DomainError } from '#platform/domain'
import type { RecordName } from '#platform/schemas'
import { type Arrival, isPoison, type Poison } from './arrival.ts'
import { type Apply, type Delivery, PoisonError } from './delivery.ts'
import { type Mark, readMarks, saveMarks } from './marks.ts'
import { park } from './quarantine.ts'
import { hold, letGo } from './waiting.ts'

/** Whose inbox it is. */
export interface InboxRules {
  readonly consumer: string
  readonly apply: Apply
  /** Whether a record tells all about its key, so that whatever is missing before it is of no more interest. */
  isFullState?(name: RecordName): boolean
}

/** What came of a transaction. */
export interface Taken {
  /** Streams that went on and have records waiting, which may be next. */
  readonly moved: readonly string[]
  /** Records that were applied, or wait for what is before them. */
  readonly taken: number
  readonly parked: number
}

/** Where records come from: their topic, the rows in which they waited, or the quarantine. */
export type Origin = 'topic' | 'waiting' | 'quarantine'

interface Sorted {
  readonly accepted: Delivery[]
  readonly held: Arrival[]
  readonly parked: { readonly arrival: Arrival; readonly poison: Poison }[]
  /** The marks of streams in which something happened. */
  readonly touched: Map<string, Mark>
  /** The streams that went on. */
  readonly advanced: Set<string>
}

const WAITING_RECORDS_MAX = 1_000

/**
 * A partition that has changed hands may still be in the former ones: whoever comes second waits for the other's commit,
 * and then sees its marks. Where writers are serial nobody can be in between.
 */
async function holdPartitions(unit: Unit, consumer: string, arrivals: readonly Arrival[]): Promise<void> {
  if (unit.dialect.writersAreSerial) return
  const names = new Set(arrivals.map(({ record }) => `${consumer}/${record.topic}/${record.partition}`))
  // What exists is left as it is, and locked all the same.
  await unit.insertLater(
    'inbox_locks',
    ['name'],
    [...names].sort().map((name) => [name]),
    'ignore',
  )
}

/**
 * Applies what is new, and remembers that it was, in one transaction.
 *
 * A record at or below its stream's mark came before. One whose predecessor is above the mark came after a gap, and is
 * kept until that is filled or jumped by a record of full state.
 */
export async function takeIn(
  unit: Unit,
  rules: InboxRules,
  arrivals: readonly Arrival[],
  origin: Origin,
): Promise<Taken> {
  const { consumer, apply } = rules
  await holdPartitions(unit, consumer, arrivals)
  const marks = await readMarks(unit, consumer, new Set(arrivals.map((arrival) => arrival.stream)))
  const { accepted, held, parked, touched, advanced } = sort(rules, arrivals, marks, origin)
  if (accepted.length > 0) await apply(unit, accepted)
  if (parked.length > 0) await park(unit, consumer, parked)
  if (held.length > 0) await hold(unit, consumer, held)
  const moved = await letGoAll(unit, consumer, touched, advanced)
  await saveMarks(unit, consumer, touched)
  return { moved, taken: accepted.length + held.length, parked: parked.length }
}

/**
 * Lets streams go on as if records had been applied.
 *
 * @returns streams that have records waiting, which may be next
 * @throws {DomainError} when something is missing before a record
 */
export async function pass(unit: Unit, consumer: string, arrivals: readonly Arrival[]): Promise<readonly string[]> {
  await holdPartitions(unit, consumer, arrivals)
  const marks = await readMarks(unit, consumer, new Set(arrivals.map(({ stream }) => stream)))
  const touched = new Map<string, Mark>()
  for (const { stream, version, previous } of arrivals) {
    const mark = marks.get(stream) ?? { version: 0, waiting: 0 }
    // A foreign record was passed when it was parked, and what is at or below its mark was passed by full state.
    if (previous === undefined || version <= mark.version) continue
    if (previous > mark.version) {
      throw new DomainError(
        'BAD_USER_INPUT',
        `something of ${stream} before version ${version} is missing: decide on that first`,
      )
    }
    touched.set(stream, { ...mark, version })
  }
  const moved = await letGoAll(unit, consumer, touched, new Set(touched.keys()))
  await saveMarks(unit, consumer, touched)
  return moved
}

function sort(
  { isFullState }: InboxRules,
  arrivals: readonly Arrival[],
  marks: ReadonlyMap<string, Mark>,
  origin: Origin,
): Sorted {
  const sorted: Sorted = { accepted: [], held: [], parked: [], touched: new Map(), advanced: new Set() }
  for (const arrival of arrivals) {
    const { stream, version, previous, content } = arrival
    const mark = sorted.touched.get(stream) ?? { ...(marks.get(stream) ?? { version: 0, waiting: 0 }) }
    const isForeign = previous === undefined
    // What a person puts back was never applied: that its stream has gone on is no reason to drop it.
    if (version <= mark.version && !(origin === 'quarantine' && isForeign)) continue

    if (isPoison(content)) {
      sorted.parked.push({ arrival, poison: content })
      // Nothing follows a foreign record by number, so what is parked must be marked, or it would come in twice.
      if (!isForeign) continue
      mark.version = version
    } else if (isForeign || previous <= mark.version || isFullState?.(content.name)) {
      sorted.accepted.push(content)
      sorted.advanced.add(stream)
      mark.version = Math.max(mark.version, version)
    } else if (origin === 'waiting') {
      // It goes on waiting.
      continue
    } else if (mark.waiting < WAITING_RECORDS_MAX) {
      sorted.held.push(arrival)
      mark.waiting += 1
    } else {
      const message = `${mark.waiting} records of ${stream} wait for what follows version ${mark.version}`
      if (origin === 'quarantine') throw new PoisonError(message)
      sorted.parked.push({ arrival, poison: { reason: 'GAP_TOO_LONG', message, schemaId: null } })
      continue
    }
    sorted.touched.set(stream, mark)
  }
  return sorted
}

/** Counts anew what waits in the streams where something does. The usual batch has none. */
async function letGoAll(
  unit: Unit,
  consumer: string,
  touched: ReadonlyMap<string, Mark>,
  advanced: ReadonlySet<string>,
): Promise<string[]> {
  const moved: string[] = []
  for (const [stream, mark] of touched) {
    if (mark.waiting === 0) continue
    mark.waiting = await letGo(unit, consumer, stream, mark.version)
    if (advanced.has(stream) && mark.waiting > 0) moved.push(stream)
  }
  return moved
}
