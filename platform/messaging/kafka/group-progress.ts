import type { Clock } from '#platform/clock'
import { type KafkaClient, keyOf, type Place } from './kafka-client.ts'

/** How far a group is behind. */
export interface GroupProgress {
  /** The topics that a group of this process reads; those that it has committed are known without. */
  reads(group: string, topics: readonly string[]): void
  lag(group: string): Promise<number>
  /** As of the last quarter of a second: it is asked for often, and costs some questions while there is lag. */
  delayMs(group: string): Promise<number>
}

interface Behind extends Place {
  /** The first record that is not committed. */
  readonly next: number
  readonly high: number
}

const LAG_RECORDS_MAX = 10_000
/** The answer is exact to an eighth, in some ten questions to the broker, and only while there is lag. */
const DELAY_PRECISION = 1 / 8
const DELAY_AGE_MS_MAX = 250
const DELAY_MS_MIN = 50
const DELAY_MS_MAX = 30 * 24 * 60 * 60 * 1000

/** Asks the broker. Offsets that compaction left empty count as records. */
export function groupProgress(client: KafkaClient, clock: Pick<Clock, 'now' | 'monotonicMs'>): GroupProgress {
  const topicsOf = new Map<string, Set<string>>()
  const delays = new Map<string, { readonly askedAtMs: number; readonly answer: Promise<number> }>()

  async function behind(group: string): Promise<Behind[]> {
    const committed = await client.committed(group)
    const topics = new Set([...(topicsOf.get(group) ?? []), ...committed.map(({ topic }) => topic)])
    const next = new Map(committed.map((place) => [keyOf(place), place.offset]))
    const bounds = await client.bounds([...topics])
    return bounds
      .map(({ topic, partition, low, high }) => {
        const from = Math.max(low, next.get(keyOf({ topic, partition })) ?? low)
        return { topic, partition, next: from, high }
      })
      .filter((place) => place.high > place.next)
  }

  /** Whether some record that is not committed was produced before a time. */
  async function isOlder(places: readonly Behind[], timeMs: number): Promise<boolean> {
    const at = await client.offsetsAt([...new Set(places.map(({ topic }) => topic))], timeMs)
    const firsts = new Map(at.map((place) => [keyOf(place), place.offset]))
    return places.some((place) => (firsts.get(keyOf(place)) ?? 0) > place.next)
  }

  async function measureDelayMs(group: string, nowMs: number): Promise<number> {
    const places = await behind(group)
    if (places.length === 0) return 0
    // The protocol has no question for the time of a record, but one for the first record after a time.
    let [younger, older] = [0, DELAY_MS_MIN]
    while (older < DELAY_MS_MAX && (await isOlder(places, nowMs - older))) [younger, older] = [older, older * 2]
    while (older - younger > older * DELAY_PRECISION) {
      const middle = Math.floor((younger + older) / 2)
      if (await isOlder(places, nowMs - middle)) younger = middle
      else older = middle
    }
    return younger
  }

  return {
    reads(group, topics) {
      topicsOf.set(group, new Set([...(topicsOf.get(group) ?? []), ...topics]))
    },
    async lag(group) {
      let records = 0
      for (const { next, high } of await behind(group)) records += Math.min(high - next, LAG_RECORDS_MAX)
      return records
    },
    delayMs(group) {
      const nowMs = clock.monotonicMs()
      const known = delays.get(group)
      if (known && nowMs - known.askedAtMs < DELAY_AGE_MS_MAX) return known.answer
      const answer = measureDelayMs(group, clock.now().getTime())
      delays.set(group, { askedAtMs: nowMs, answer })
      answer.catch(() => delays.delete(group))
      return answer
    },
  }
}
