import { type Clock, uuidv7 } from '#platform/clock'
import { seeded } from './seeded.ts'

/** A clock that stands still until a test moves it. Its ids and its chance repeat with the seed. */
export interface MovedClock extends Clock {
  /**
   * Moves time forward, waking each sleeper at its moment, in order; what a sleeper does meanwhile, also sleeping again,
   * takes place at that moment. Ends when all has come to rest.
   */
  advance(durationMs: number): Promise<void>
  /** Sets the wall clock alone, forward or back, as an operator or NTP does: nobody who sleeps wakes. */
  setWall(now: Date): void
  /** When the first sleeper wakes, in milliseconds from now; undefined when nobody sleeps. */
  nextWakeMs(): number | undefined
  /** Lets everything that is ready take its turn. */
  settle(): Promise<void>
  /** From now on nothing has come to rest while this says so: somebody waits for a server. */
  holdWhile(isBusy: () => boolean): void
  /** Whether somebody is waited for. */
  isHeld(): boolean
}

interface Sleeper {
  readonly atMs: number
  readonly order: number
  wake(): void
}

// Turns of the event loop after which what was set off has come to rest: a chain of commits, deliveries and handlers.
const SETTLE_TURNS = 40

/** A moved clock that starts at `start`. */
export function movedClock(start: Date, seed = 1): MovedClock {
  const random = seeded(seed)
  const sleepers = new Set<Sleeper>()
  const holds: (() => boolean)[] = []
  let monotonicMs = 0
  let wallOffsetMs = start.getTime()
  let order = 0

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const first = (): Sleeper | undefined =>
    [...sleepers].sort((one, other) => one.atMs - other.atMs || one.order - other.order)[0]

  const isHeld = (): boolean => holds.some((isBusy) => isBusy())

  async function settle(): Promise<void> {
    for (let turns = 0; turns < SETTLE_TURNS; ) {
      await turn()
      turns = isHeld() ? 0 : turns + 1
    }
  }

  return {
    now: () => new Date(wallOffsetMs + monotonicMs),
    monotonicMs: () => monotonicMs,
    turn,
    settle,
    isHeld,
    holdWhile: (isBusy) => void holds.push(isBusy),
    newId: uuidv7(
      () => wallOffsetMs + monotonicMs,
      (bytes) => {
        for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(random() * 256)
      },
    ),
    random,
    sleep(durationMs, signal) {
      return new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper: Sleeper = {
          atMs: monotonicMs + Math.max(0, durationMs),
          order: order++,
          wake() {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
      })
    },
    async advance(durationMs) {
      const endMs = monotonicMs + durationMs
      await settle()
      for (let next = first(); next && next.atMs <= endMs; next = first()) {
        monotonicMs = Math.max(monotonicMs, next.atMs)
        next.wake()
        await settle()
      }
      monotonicMs = endMs
      await settle()
    },
    setWall(now) {
      wallOffsetMs = now.getTime() - monotonicMs
    },
    nextWakeMs() {
      const sleeper = first()
      return sleeper && Math.max(0, sleeper.atMs - monotonicMs)
    },
  }
}
