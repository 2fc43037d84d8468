import type { Carrier, ConsumeOptions, Consumer, Messaging } from '#platform/messaging'
import type { OutboxSource } from '#platform/outbox'
import { type Faults, OutageError } from './faults.ts'
import type { SimulatedProcess } from './simulated-time.ts'

/** The messaging that all processes share, and that outlives each of them. */
export interface Broker {
  readonly messaging: Messaging
  /** As one process has it. */
  memberOf(process: SimulatedProcess, faults: Faults): Member
}

/** The messaging of one process. */
export interface Member extends Messaging {
  /** Its consumers die and others take their place in the same process; from the start of the topics when asked. */
  rejoin(options: { readonly fromBeginning: boolean }): Promise<void>
}

const SLOW_MS_MAX = 3_000

/**
 * Opens the broker over messaging in memory. `outboxOf` gives an outbox as the broker reads it, by its name: whoever
 * carries it, it is read once, and as long as anybody who carries it lives.
 */
export function openBroker(messaging: Messaging, outboxOf: (outbox: OutboxSource) => OutboxSource): Broker {
  const carried = new Map<string, { count: number; readonly carrier: Promise<Carrier> }>()
  const stopped = new Map<string, Promise<void>>()

  function opened(outbox: OutboxSource) {
    const before = stopped.get(outbox.name) ?? Promise.resolve()
    return { count: 0, carrier: before.then(() => messaging.carry(outboxOf(outbox))) }
  }

  function carry(outbox: OutboxSource): () => Promise<void> {
    const { name } = outbox
    const known = carried.get(name) ?? opened(outbox)
    carried.set(name, known)
    known.count += 1
    let isLeft = false
    return async () => {
      if (isLeft) return
      isLeft = true
      known.count -= 1
      if (known.count > 0) return
      carried.delete(name)
      const stopping = known.carrier.then((carrier) => carrier.stop())
      stopped.set(name, stopping)
      await stopping
    }
  }

  return { messaging, memberOf: (process, faults) => memberOf({ messaging, carry, process, faults }) }
}

interface MemberPorts {
  readonly messaging: Messaging
  readonly carry: (outbox: OutboxSource) => () => Promise<void>
  readonly process: SimulatedProcess
  readonly faults: Faults
}

function memberOf({ messaging, carry, process, faults }: MemberPorts): Member {
  const seats = new Set<Seat>()
  const leaving = new Set<() => Promise<void>>()
  process.onState((state) => {
    // Whoever is not heard of is put out of its group: what it has in hand is delivered to others, or again to itself.
    if (state !== 'running') for (const seat of seats) seat.leave()
    if (state === 'running') for (const seat of seats) void seat.join(false)
    if (state === 'dead') for (const leave of leaving) void leave()
  })

  return {
    createTopics: (specs) => within(process, () => messaging.createTopics(specs)),
    produce: (records) => within(process, () => messaging.produce(records)),
    lag: (group) => within(process, () => messaging.lag(group)),
    delayMs: (group) => within(process, () => messaging.delayMs(group)),
    close: async () => undefined,
    async carry(outbox) {
      await process.pass()
      const stop = carry(outbox)
      leaving.add(stop)
      return {
        async stop() {
          leaving.delete(stop)
          await stop()
        },
      }
    },
    async consume(options) {
      await process.pass()
      const seat = openSeat(messaging, { ...options, handle: faultyHandle(options, process, faults) })
      seats.add(seat)
      await seat.join(options.fromBeginning ?? false)
      return {
        // A process that dies while it stops is put out of its group, too.
        async stop() {
          await seat.stop()
          seats.delete(seat)
        },
        kill() {
          seats.delete(seat)
          seat.leave()
        },
      }
    },
    async rejoin({ fromBeginning }) {
      for (const seat of seats) {
        seat.leave()
        await seat.join(fromBeginning)
      }
    },
  }
}

function faultyHandle({ handle }: ConsumeOptions, process: SimulatedProcess, faults: Faults): ConsumeOptions['handle'] {
  return async (batch) => {
    await process.pass()
    const fault = faults.batch()
    if (fault === 'slow') await process.clock.sleep(Math.floor(process.clock.random() * SLOW_MS_MAX))
    await handle(batch)
    await process.pass()
    if (fault === 'again') throw new OutageError('the offsets were not committed')
  }
}

/** What a process does: begun only while it runs, and heard of only then. */
async function within<T>(process: SimulatedProcess, work: () => Promise<T>): Promise<T> {
  await process.pass()
  const result = await work()
  await process.pass()
  return result
}

/** The place of a process in a group, whoever sits there for it now. */
interface Seat {
  join(fromBeginning: boolean): Promise<void>
  leave(): void
  stop(): Promise<void>
}

function openSeat(messaging: Messaging, options: ConsumeOptions): Seat {
  let consumer: Consumer | undefined
  let joins = 0
  let isStopped = false

  function leave(): void {
    joins += 1
    consumer?.kill()
    consumer = undefined
  }

  return {
    leave,
    async join(fromBeginning) {
      leave()
      if (isStopped) return
      const own = joins
      const joined = await messaging.consume({ ...options, fromBeginning })
      if (own === joins) consumer = joined
      else joined.kill()
    },
    async stop() {
      isStopped = true
      joins += 1
      await consumer?.stop()
      consumer = undefined
    },
  }
}
