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
  /** Moves time forward at once: whoever should have woken meanwhile wakes at its end, as after a machine was suspended. */
  jump(durationMs: number): Promise<void>
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

/** What has come to pass, and who waits for what. */
interface Moment {
  readonly startMs: number
  elapsedMs: number
  readonly sleepers: Set<Sleeper>
  turns: { readonly owner: Owner; readonly resolve: () => void }[]
}

// Two that take turns for ever would hold the time.
const SETTLE_ROUNDS_MAX = 100_000
const MOMENT_ROUNDS_MAX = 1_000
const FINISH_MS_MAX = 600_000

/** Time that begins at `startMs`. */
export function simulatedTime(startMs: number, seed: number): SimulatedTime {
  const random = seeded(seed)
  const moment: Moment = { startMs, elapsedMs: 0, sleepers: new Set(), turns: [] }
  const { sleepers } = moment

  async function settle(): Promise<void> {
    for (let round = 0; ; round++) {
      // Whatever is not a turn or a sleep goes on in microtasks: after a turn of the real loop none is left.
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (moment.turns.length === 0) return
      if (round === SETTLE_ROUNDS_MAX) throw new Error('it never comes to rest')
      const ready = shuffled(moment.turns, random)
      moment.turns = []
      for (const { owner, resolve } of ready) owner.run(resolve)
    }
  }

  async function advance(durationMs: number): Promise<void> {
    const endMs = moment.elapsedMs + durationMs
    let rounds = 0
    await settle()
    for (let atMs = nextAtMs(moment); atMs <= endMs; atMs = nextAtMs(moment)) {
      rounds = atMs > moment.elapsedMs ? 0 : rounds + 1
      if (rounds > MOMENT_ROUNDS_MAX) throw new Error('somebody waits again and again for no time at all')
      moment.elapsedMs = Math.max(moment.elapsedMs, atMs)
      const due = [...sleepers].filter((sleeper) => sleeper.atMs <= moment.elapsedMs)
      for (const sleeper of shuffled(due, random)) sleeper.end()
      await settle()
    }
    moment.elapsedMs = endMs
  }

  async function jump(durationMs: number): Promise<void> {
    moment.elapsedMs += durationMs
    const due = [...sleepers].filter((sleeper) => sleeper.atMs <= moment.elapsedMs)
    for (const sleeper of shuffled(due, random)) sleeper.end()
    await settle()
  }

  async function finish<T>(work: Promise<T>, limitMs = FINISH_MS_MAX): Promise<T> {
    const endMs = moment.elapsedMs + limitMs
    let isOver = false
    const over = (): void => {
      isOver = true
    }
    work.then(over, over)
    for (;;) {
      await settle()
      if (isOver) return work
      const atMs = nextAtMs(moment)
      if (atMs > endMs) throw new Error(`it does not end within ${limitMs} ms`)
      await advance(atMs - moment.elapsedMs)
    }
  }

  return {
    nowMs: () => startMs + moment.elapsedMs,
    settle,
    advance,
    jump,
    finish,
    process(options) {
      const process = openProcess(options.name, (owner) => clockOf(moment, owner, options))
      process.onState((state) => {
        if (state !== 'dead') return
        for (const sleeper of sleepers) if (sleeper.owner === process) sleepers.delete(sleeper)
      })
      return process
    },
  }
}

function nextAtMs({ sleepers }: Moment): number {
  let atMs = Number.POSITIVE_INFINITY
  for (const sleeper of sleepers) if (sleeper.atMs < atMs) atMs = sleeper.atMs
  return atMs
}

function clockOf(moment: Moment, owner: Owner, { seed, aheadMs = 0 }: ProcessOptions): Clock {
  const random = seeded(seed)
  const nowMs = (): number => moment.startMs + moment.elapsedMs + aheadMs
  return {
    now: () => new Date(nowMs()),
    monotonicMs: () => moment.elapsedMs,
    random,
    newId: uuidv7(nowMs, (bytes) => {
      for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(random() * 256)
    }),
    turn: () => new Promise((resolve) => moment.turns.push({ owner, resolve })),
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper: Sleeper = {
          atMs: moment.elapsedMs + Math.max(0, durationMs),
          owner,
          end() {
            moment.sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.end)
            owner.run(resolve)
          },
        }
        moment.sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.end, { once: true })
      }),
  }
}

function openProcess(name: string, makeClock: (owner: Owner) => Clock): SimulatedProcess {
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
  const clock = makeClock(process)
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
