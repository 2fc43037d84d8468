import { type Bucket, fullBucket, type Rate, refilled, spent, tokenAtMs, tokensIn } from '#platform/policy'

/** Something that would start now, and which limits hold for it. */
export interface Candidate {
  readonly id: string
  /** The limits of the operator, the one over all first. */
  readonly shared: readonly string[]
  /** The limits of its job, if it has any. */
  readonly key: KeyAsked | null
  /** It was held by its rate, and its turn has come. */
  readonly isWoken: boolean
}

/** Which limits a job sets for its key. */
export interface KeyAsked {
  readonly limitKey: string
  readonly max: number | null
  readonly rate: Rate | null
}

/** What is left of a limit of the operator. */
export interface SharedRoom {
  readonly max: number
  readonly freeSlots: readonly number[]
  /** What it holds back is parked; else it stays where it is, since all that comes is held back. */
  readonly parks: boolean
}

/** How a key is, seen by who alone starts executions with it. */
export interface KeyState {
  readonly heldSlots: readonly number[]
  readonly bucket: Bucket | null
  /** Others wait for its rate, and were first. */
  readonly hasRateWaits: boolean
}

/** What becomes of a candidate. */
export type Verdict =
  | { readonly kind: 'START'; readonly slots: readonly Slot[] }
  | {
      readonly kind: 'PARK'
      readonly reason: 'CONCURRENCY' | 'RATE'
      readonly limitKey: string
      readonly max: number
      /** When it is worth another look, for a rate. */
      readonly untilMs: number | null
    }
  | { readonly kind: 'LEAVE' }

/** The right to be one of those that run at a time. */
export interface Slot {
  readonly limitKey: string
  readonly slotNo: number
}

/** What is known of the limits, and what is left of them afterwards. */
export interface Books {
  readonly shared: ReadonlyMap<string, SharedRoom>
  /** A key that is missing is in another's hands. */
  readonly keys: ReadonlyMap<string, KeyState>
}

/**
 * Decides which candidates start, in their order, at most `startsMax`. All of an execution's limits let it start, or it takes
 * of none.
 *
 * @returns a verdict for each, and the buckets as they are then
 */
export function judgeStarts(
  candidates: readonly Candidate[],
  { shared, keys }: Books,
  startsMax: number,
  atMs: number,
): { readonly verdicts: readonly Verdict[]; readonly buckets: ReadonlyMap<string, Bucket> } {
  const free = new Map([...shared].map(([limitKey, { freeSlots }]) => [limitKey, [...freeSlots]]))
  const held = new Map([...keys].map(([limitKey, { heldSlots }]) => [limitKey, new Set(heldSlots)]))
  const buckets = new Map<string, Bucket>()
  let starts = 0

  function judge(candidate: Candidate): Verdict {
    const { key } = candidate
    if (starts >= startsMax) return LEAVE
    const full = candidate.shared.find((limitKey) => (free.get(limitKey) ?? []).length === 0)
    const room = full === undefined ? undefined : shared.get(full)
    if (full !== undefined) return room?.parks ? park('CONCURRENCY', full, room.max) : LEAVE
    const state = key && keys.get(key.limitKey)
    if (key && !state) return LEAVE
    const slots = key?.max ? slotOfKey(key.limitKey, key.max) : []
    if (!slots) return park('CONCURRENCY', key?.limitKey ?? '', key?.max ?? 0)
    if (key?.rate && state) {
      const bucket = refilled(buckets.get(key.limitKey) ?? state.bucket ?? fullBucket(key.rate, atMs), key.rate, atMs)
      const isBehind = state.hasRateWaits && !candidate.isWoken
      if (isBehind || tokensIn(bucket) === 0) {
        buckets.set(key.limitKey, bucket)
        return park('RATE', key.limitKey, key.rate.perMinute, tokenAtMs(bucket, key.rate))
      }
      buckets.set(key.limitKey, spent(bucket))
    }
    starts += 1
    for (const { limitKey, slotNo } of slots) held.get(limitKey)?.add(slotNo)
    return { kind: 'START', slots: [...candidate.shared.flatMap(takeShared), ...slots] }
  }

  function takeShared(limitKey: string): readonly Slot[] {
    const slotNo = free.get(limitKey)?.shift()
    return slotNo === undefined ? [] : [{ limitKey, slotNo }]
  }

  /** Null when as many run as may. */
  function slotOfKey(limitKey: string, max: number): readonly Slot[] | null {
    const taken = held.get(limitKey) ?? new Set()
    if (taken.size >= max) return null
    let slotNo = 1
    while (taken.has(slotNo)) slotNo += 1
    return [{ limitKey, slotNo }]
  }

  return { verdicts: candidates.map(judge), buckets }
}

const LEAVE: Verdict = { kind: 'LEAVE' }

function park(reason: 'CONCURRENCY' | 'RATE', limitKey: string, max: number, untilMs: number | null = null): Verdict {
  return { kind: 'PARK', reason, limitKey, max, untilMs }
}
