import { EventEmitter, on } from 'node:events'
import { silentLog } from '#platform/telemetry'
import { makeSubgraph, type Subgraph, type SubgraphCaller } from '../subgraph.ts'

/** A subgraph whose answers tell which instance gave them. */
export interface TestSubgraph extends Subgraph {
  /** Sends an event to whoever subscribes. */
  tick(count: number): void
  /** Lets `slow` answer. */
  release(): void
  /** How many wait for that. */
  waiting(): number
  /** How many mutations came. */
  touched(): number
  streams(): number
}

/** The SDL of the test subgraph. */
export const TEST_SDL = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { instance: String! slow: String! caller: String! }
  type Mutation { touch: String! slowTouch: String! }
  type Subscription { ticks: Int! }
`

/** Makes one. */
export function testSubgraph(instance: string): TestSubgraph {
  const bus = new EventEmitter().setMaxListeners(0)
  const waiting = new Set<() => void>()
  let touches = 0
  const slow = () =>
    new Promise<string>((resolve) => {
      const answer = (): void => {
        waiting.delete(answer)
        resolve(instance)
      }
      waiting.add(answer)
    })
  const touch = () => {
    touches++
    return instance
  }
  async function* ticks(_: unknown, __: unknown, { signal }: SubgraphCaller): AsyncGenerator<object> {
    for await (const [count] of on(bus, 'tick', signal ? { signal } : {})) yield { ticks: count }
  }
  const subgraph = makeSubgraph<SubgraphCaller>({
    name: 'test',
    typeDefs: TEST_SDL,
    log: silentLog(),
    contextFor: async (caller) => caller,
    resolvers: {
      Query: {
        instance: () => instance,
        slow,
        caller: (_: unknown, __: unknown, caller: SubgraphCaller) => JSON.stringify(caller),
      },
      Mutation: {
        touch,
        slowTouch() {
          touch()
          return slow()
        },
      },
      Subscription: { ticks: { subscribe: ticks } },
    },
  })
  return {
    ...subgraph,
    tick: (count) => void bus.emit('tick', count),
    release() {
      for (const answer of waiting) answer()
    },
    waiting: () => waiting.size,
    touched: () => touches,
    streams: () => bus.listenerCount('tick'),
  }
}
