// The time of a simulation, and the processes that live in it: they freeze, come back and die, at any await.
// Never lets anything happen by itself: all of it is one thread and one seed.
import { type Clock, uuidv7 } from '#platform/clock'
import { seeded } from '#platform/testing'

/** A process: a clock of its own, and whether it gets to run. What it awaits while it is frozen waits; once dead, for good. */
export interface SimulatedProcess {
  readonly name: string
  readonly clock: Clock
  readonly state: 'running' | 'frozen' | 'dead'
  /** What to await before going on, or nothing when the process runs. */
  pass(): Promise<void> | undefined
  /** Runs something of the process: at once, when it thaws, or never. */
  run(work: () => void): void
  freeze(): void
  thaw(): void
  kill(): void
  /** Calls back when the process changes its state. */
  onState(listener: (state: SimulatedProcess['state']) => void): void
}

/** How a process differs from the plain one. */
export interface ProcessOptions {
  readonly name: string
  readonly seed: number
  /** How far its wall clock is ahead of the databases'. */
  readonly aheadMs?: number
}

/** Time that stands still until it is moved. */
export interface SimulatedTime {
  /** By the databases' clock. */
  nowMs(): number
  process(options: ProcessOptions): SimulatedProcess
  /** Lets everything that is ready take its turn, in an order that follows from the seed. */
  settle(): Promise<void>
  /** Moves time forward, waking each sleeper at its moment. */
  advance(durationMs: number): Promise<void>
  /** Moves time as far as it takes for something to end. @throws {Error} when that is further than `limitMs` */
  finish<T>(work: Promise<T>, limitMs?: number): Promise<T>
}

interface Owner {
  run(work: () => void): void
}

interface Sleeper {
  readonly atMs: number
  readonly owner: Owner
  end(): void
}

// Two that take turns for ever would hold the time.
const SETTLE_ROUNDS_MAX = 100_000
const MOMENT_ROUNDS_MAX = 1_000
const FINISH_MS_MAX = 600_000

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one state, and the small functions that share it
/** Time that begins at `startMs`. */
export function simulatedTime(startMs: number, seed: number): SimulatedTime {
  const random = seeded(seed)
  const sleepers = new Set<Sleeper>()
  let turns: { readonly owner: Owner; readonly resolve: () => void }[] = []
  let elapsedMs = 0

  async function settle(): Promise<void> {
    for (let round = 0; ; round++) {
      // Whatever is not a turn or a sleep goes on in microtasks: after a turn of the real loop none is left.
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (turns.length === 0) return
      if (round === SETTLE_ROUNDS_MAX) throw new Error('it never comes to rest')
      const ready = shuffled(turns, random)
      turns = []
      for (const { owner, resolve } of ready) owner.run(resolve)
    }
  }

  function nextAtMs(): number {
    let atMs = Number.POSITIVE_INFINITY
    for (const sleeper of sleepers) if (sleeper.atMs < atMs) atMs = sleeper.atMs
    return atMs
  }

  async function advance(durationMs: number): Promise<void> {
    const endMs = elapsedMs + durationMs
    let rounds = 0
    await settle()
    for (let atMs = nextAtMs(); atMs <= endMs; atMs = nextAtMs()) {
      rounds = atMs > elapsedMs ? 0 : rounds + 1
      if (rounds > MOMENT_ROUNDS_MAX) throw new Error('somebody waits again and again for no time at all')
      elapsedMs = Math.max(elapsedMs, atMs)
      const due = [...sleepers].filter((sleeper) => sleeper.atMs <= elapsedMs)
      for (const sleeper of shuffled(due, random)) sleeper.end()
      await settle()
    }
    elapsedMs = endMs
  }

  async function finish<T>(work: Promise<T>, limitMs = FINISH_MS_MAX): Promise<T> {
    const endMs = elapsedMs + limitMs
    let isOver = false
    const over = (): void => {
      isOver = true
    }
    work.then(over, over)
    for (;;) {
      await settle()
      if (isOver) return work
      const atMs = nextAtMs()
      if (atMs > endMs) throw new Error(`it does not end within ${limitMs} ms`)
      await advance(atMs - elapsedMs)
    }
  }

  function clockOf(owner: Owner, { seed: ownSeed, aheadMs = 0 }: ProcessOptions): Clock {
    const ownRandom = seeded(ownSeed)
    const nowMs = (): number => startMs + elapsedMs + aheadMs
    return {
      now: () => new Date(nowMs()),
      monotonicMs: () => elapsedMs,
      random: ownRandom,
      newId: uuidv7(nowMs, (bytes) => {
        for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(ownRandom() * 256)
      }),
      turn: () => new Promise((resolve) => turns.push({ owner, resolve })),
      sleep: (durationMs, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve()
          const sleeper: Sleeper = {
            atMs: elapsedMs + Math.max(0, durationMs),
            owner,
            end() {
              sleepers.delete(sleeper)
              signal?.removeEventListener('abort', sleeper.end)
              owner.run(resolve)
            },
          }
          sleepers.add(sleeper)
          signal?.addEventListener('abort', sleeper.end, { once: true })
        }),
    }
  }

  return {
    nowMs: () => startMs + elapsedMs,
    settle,
    advance,
    finish,
    process(options) {
      const process = openProcess(options.name, (owner) => clockOf(owner, options))
      process.onState((state) => {
        if (state !== 'dead') return
        for (const sleeper of sleepers) if (sleeper.owner === process) sleepers.delete(sleeper)
      })
      return process
    },
  }
}

function openProcess(name: string, clockOf: (owner: Owner) => Clock): SimulatedProcess {
  const listeners: ((state: SimulatedProcess['state']) => void)[] = []
  let state: SimulatedProcess['state'] = 'running'
  let held: (() => void)[] = []

  function become(next: SimulatedProcess['state']): void {
    if (state === next || state === 'dead') return
    state = next
    for (const listener of listeners) listener(state)
    const released = held
    if (state !== 'frozen') held = []
    if (state === 'running') for (const work of released) process.run(work)
  }

  const process: SimulatedProcess = {
    name,
    get clock() {
      return clock
    },
    get state() {
      return state
    },
    pass: () => (state === 'running' ? undefined : new Promise((resolve) => process.run(resolve))),
    run(work) {
      if (state === 'running') work()
      else if (state === 'frozen') held.push(work)
    },
    freeze: () => become('frozen'),
    thaw: () => become('running'),
    kill: () => become('dead'),
    onState: (listener) => void listeners.push(listener),
  }
  const clock = clockOf(process)
  return process
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  if (items.length < 2) return items
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[result[last], result[other]] = [result[other] as Item, result[last] as Item]
  }
  return result
}
