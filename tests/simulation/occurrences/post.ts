import type { ConsumeOptions, IncomingRecord, Messaging } from '#platform/messaging'
import type { Draw } from '../draw.ts'
import type { SimulatedProcess, SimulatedTime } from '../simulated-time.ts'

/** What carries changes of jobs to the schedulers: in order, each to one of them, and maybe again. */
export interface Post {
  /** As one process has it. */
  memberOf(process: SimulatedProcess): Messaging
  /** Hands a record in, to be seen from some moment of the simulated time on; never before those that were handed in earlier. */
  send(
    record: { readonly key: string; readonly value: Uint8Array; readonly headers: Record<string, string> },
    seenMs: number,
  ): void
  /** Delivers what can be seen, if there is somebody to take it. @returns whether all of it was taken */
  deliver(nowMs: number): Promise<boolean>
  /** When the next record that was not taken can be seen; null without one. */
  nextSeenMs(): number | null
  /** Whether it is away: nothing is delivered. */
  isAway: boolean
}

interface Seat {
  readonly process: SimulatedProcess
  readonly handle: ConsumeOptions['handle']
}

const AGAIN = 0.1
const AGAIN_RECORDS_MAX = 4

/** Opens the post. What is produced by a scheduler itself goes nowhere: it is read from its outbox. */
export function openPost(time: SimulatedTime, draw: Draw, told: (what: string) => void): Post {
  const records: { readonly record: IncomingRecord; readonly seenMs: number }[] = []
  const seats = new Set<Seat>()
  let taken = 0

  async function take(seat: Seat, batch: readonly IncomingRecord[]): Promise<boolean> {
    let isTaken = false
    seat.handle(batch).then(
      () => {
        isTaken = true
      },
      (error: unknown) => told(`${seat.process.name} could not take changes: ${String(error)}`),
    )
    await time.settle()
    return isTaken
  }

  const post: Post = {
    isAway: false,
    nextSeenMs: () => records[taken]?.seenMs ?? null,
    send({ key, value, headers }, seenMs) {
      const place = { topic: 'job-events', partition: 0, offset: records.length + 1, producedAt: new Date(seenMs) }
      records.push({
        record: { ...place, key, value, headers },
        seenMs: Math.max(seenMs, records.at(-1)?.seenMs ?? seenMs),
      })
    },
    async deliver(nowMs) {
      const seen = records.findLastIndex(({ seenMs }) => seenMs <= nowMs) + 1
      if (seen <= taken) return true
      const awake = [...seats].filter(({ process }) => process.state === 'running')
      if (post.isAway || awake.length === 0) return false
      const from = draw.chance(AGAIN) ? Math.max(0, taken - draw.int(1, AGAIN_RECORDS_MAX)) : taken
      const batch = records.slice(from, seen).map(({ record }) => record)
      if (!(await take(draw.pick(awake), batch))) return false
      taken = seen
      return true
    },
    memberOf: (process) => memberOf(process, seats, told),
  }
  return post
}

function memberOf(process: SimulatedProcess, seats: Set<Seat>, told: (what: string) => void): Messaging {
  return {
    createTopics: async () => undefined,
    async produce(produced) {
      for (const { topic, key } of produced) told(`a record for ${topic} of ${key}`)
    },
    carry: async () => ({ stop: async () => undefined }),
    async consume({ handle }) {
      const seat = { process, handle }
      seats.add(seat)
      const leave = (): void => void seats.delete(seat)
      process.onState((state) => state === 'dead' && leave())
      return { stop: async () => leave(), kill: leave }
    },
    lag: async () => 0,
    delayMs: async () => 0,
    close: async () => undefined,
  }
}
