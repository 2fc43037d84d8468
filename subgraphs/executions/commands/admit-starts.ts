import type { Unit } from '#platform/database'
import type { Bucket } from '#platform/policy'
import type { Execution } from '../domain/execution.ts'
import { type Candidate, judgeStarts, type KeyState, type SharedRoom, type Verdict } from '../domain/judge-starts.ts'
import { bucketOf, type FlowKey, type FlowKeyRow, rateOf, takeKeys, writeKeys } from '../projections/flow-keys.ts'
import { type FlowWait, forgetWaits, park, waitsOf, withRateWaits } from '../projections/flow-waits.ts'
import { GLOBAL_LIMIT } from '../projections/limit-names.ts'
import { freeSlots, heldSlots, takeSlots } from '../projections/slots.ts'
import { type FlowConfig, sharedLimits, sharedMaxima } from './flow-config.ts'
import { keyAskedBy } from './limit-keys.ts'

/** What is queued, and its place in the order of claims. */
export interface Queued {
  readonly execution: Execution
  readonly priorityRank: number
  readonly fairTag: number
}

/** What may start, and whether something was taken out of the order of claims. */
export interface Admitted<Each> {
  readonly starting: readonly Each[]
  readonly parked: number
}

// Nobody may hear of a slot that became free, so whoever waits for one is looked at now and then.
const LOOK_AGAIN_MS = 5_000
/** How long a key is known after its last use. */
export const KEY_IDLE_MS = 3_600_000

/**
 * Chooses what starts, in the order given and at most `startsMax`, takes its slots and tokens, and parks what a limit holds. In
 * the unit in which the attempts start, or not at all. What no limit concerns costs nothing.
 */
export async function admitStarts<Each extends Queued>(
  unit: Unit,
  flow: FlowConfig,
  queued: readonly Each[],
  startsMax: number,
): Promise<Admitted<Each>> {
  const candidates = queued.map(({ execution }) => candidateOf(flow, execution))
  if (candidates.every(({ shared, key }) => shared.length === 0 && key === null)) {
    return { starting: queued.slice(0, startsMax), parked: 0 }
  }
  const atMs = unit.now.getTime()
  const keyed = candidates.filter(({ key }) => key !== null)
  const rows = await takeKeys(unit, distinct(keyed.map(({ key }) => key?.limitKey ?? '')))
  // Only the limit over all never takes anything out of the order.
  const parkable = candidates.filter(({ shared, key }) => key !== null || shared.some((each) => each !== GLOBAL_LIMIT))
  const waited = await waitsOf(
    unit,
    parkable.map(({ id }) => id),
  )
  const books = { shared: await sharedRooms(unit, flow, candidates), keys: await keyStates(unit, rows) }
  const judged = candidates.map((candidate) => ({ ...candidate, isWoken: waited.get(candidate.id) === 'WOKEN' }))
  const { verdicts, buckets } = judgeStarts(judged, books, startsMax, atMs)

  const starting = queued.filter((_, index) => verdicts[index]?.kind === 'START')
  const waits = queued.flatMap((each, index) => waitOf(each, verdicts[index]))
  await takeSlots(
    unit,
    candidates.flatMap(({ id }, index) => slotsOf(id, verdicts[index])),
  )
  await park(unit, waits)
  await forgetWaits(
    unit,
    starting.map(({ execution }) => execution.id).filter((id) => waited.has(id)),
  )
  await writeKeys(unit, keysAfter({ candidates, verdicts, rows, buckets, atMs }))
  return { starting, parked: waits.length }
}

/** Takes slots of the operator's limits for what starts at once. @returns the ids of those that have all of theirs */
export async function takeSharedSlots(
  unit: Unit,
  flow: FlowConfig,
  starting: readonly { readonly executionId: string; readonly jobType: string }[],
): Promise<ReadonlySet<string>> {
  const candidates = starting.map(({ executionId: id, jobType }) => ({
    ...{ id, shared: sharedLimits(flow, jobType), key: null, isWoken: false },
  }))
  if (candidates.every(({ shared }) => shared.length === 0)) return new Set(candidates.map(({ id }) => id))
  const books = { shared: await sharedRooms(unit, flow, candidates), keys: new Map() }
  const { verdicts } = judgeStarts(candidates, books, candidates.length, unit.now.getTime())
  await takeSlots(
    unit,
    candidates.flatMap(({ id }, index) => slotsOf(id, verdicts[index])),
  )
  return new Set(candidates.flatMap(({ id }, index) => (verdicts[index]?.kind === 'START' ? [id] : [])))
}

function candidateOf(flow: FlowConfig, execution: Execution): Candidate {
  const shared = sharedLimits(flow, execution.jobType)
  return { id: execution.id, shared, key: keyAskedBy(execution), isWoken: false }
}

async function sharedRooms(
  unit: Unit,
  flow: FlowConfig,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<string, SharedRoom>> {
  const maxima = sharedMaxima(flow)
  const wanted = new Map<string, number>()
  for (const { shared } of candidates) {
    for (const limitKey of shared) wanted.set(limitKey, (wanted.get(limitKey) ?? 0) + 1)
  }
  const rooms = new Map<string, SharedRoom>()
  for (const [limitKey, count] of wanted) {
    const max = maxima.get(limitKey) ?? 0
    const free = await freeSlots(unit, limitKey, max, count)
    // All that comes is held by the limit over all, so nothing is gained by taking it out of the order.
    rooms.set(limitKey, { max, freeSlots: free, parks: limitKey !== GLOBAL_LIMIT })
  }
  return rooms
}

async function keyStates(unit: Unit, rows: ReadonlyMap<string, FlowKeyRow>): Promise<ReadonlyMap<string, KeyState>> {
  const held = await heldSlots(unit, [...rows.keys()])
  const withRate = [...rows.values()].filter((row) => rateOf(row) !== null).map(({ limit_key }) => limit_key)
  const waiting = await withRateWaits(unit, withRate)
  return new Map(
    [...rows].map(([limitKey, row]) => [
      limitKey,
      { heldSlots: held.get(limitKey) ?? [], bucket: bucketOf(row), hasRateWaits: waiting.has(limitKey) },
    ]),
  )
}

function waitOf({ execution, priorityRank, fairTag }: Queued, verdict: Verdict | undefined): readonly FlowWait[] {
  if (verdict?.kind !== 'PARK') return []
  const { limitKey, reason: kind, max } = verdict
  return [{ executionId: execution.id, limitKey, kind, max, priorityRank, fairTag }]
}

function slotsOf(executionId: string, verdict: Verdict | undefined) {
  return verdict?.kind === 'START' ? verdict.slots.map((slot) => ({ ...slot, executionId })) : []
}

/** The keys in hand with what was taken of them, and when somebody should look at them again. */
function keysAfter({
  candidates,
  verdicts,
  rows,
  buckets,
  atMs,
}: {
  readonly candidates: readonly Candidate[]
  readonly verdicts: readonly Verdict[]
  readonly rows: ReadonlyMap<string, FlowKeyRow>
  readonly buckets: ReadonlyMap<string, Bucket>
  readonly atMs: number
}): readonly FlowKey[] {
  const lookAtMs = new Map<string, number>()
  for (const verdict of verdicts) {
    if (verdict.kind !== 'PARK') continue
    const at = verdict.untilMs ?? atMs + LOOK_AGAIN_MS
    lookAtMs.set(verdict.limitKey, Math.min(at, lookAtMs.get(verdict.limitKey) ?? at))
  }
  const asked = new Map(candidates.flatMap(({ key }) => (key ? [[key.limitKey, key] as const] : [])))
  return [...rows].map(([limitKey, row]) => ({
    limitKey,
    bucket: buckets.get(limitKey) ?? bucketOf(row),
    rate: asked.get(limitKey)?.rate ?? rateOf(row),
    lookAtMs: Math.min(row.look_at, lookAtMs.get(limitKey) ?? atMs + KEY_IDLE_MS),
  }))
}

function distinct(limitKeys: readonly string[]): readonly string[] {
  return [...new Set(limitKeys)]
}
