import { dateTimeScalar } from '#platform/graphql'
import type { Directory } from '#platform/registry'
import type { Resolvers, Service } from './schema.generated.ts'

/** The resolvers of schemas/registry.graphql. */
export const resolvers: Resolvers = {
  DateTime: dateTimeScalar,
  Query: {
    async services(_, __, { caller, directory }) {
      await caller()
      return servicesOf(directory)
    },
  },
  Subscription: {
    servicesChanged: {
      async subscribe(_, __, { caller, directory, signal }) {
        await caller()
        return changes(directory, signal)
      },
    },
  },
}

function servicesOf(directory: Directory): readonly Service[] {
  const byName = Map.groupBy(directory.all(), ({ name }) => name)
  return [...byName].map(([name, instances]) => ({
    name,
    instances: instances.map(({ isPreserved, ...instance }) => ({ ...instance, preserved: isPreserved })),
  }))
}

type Change = { readonly servicesChanged: readonly Service[] }

/**
 * The services now, then after changes: as they are when the reader comes for them, so that many changes make one event.
 * No async generator: its `return()` would wait for the `next()` that is pending.
 */
function changes(directory: Directory, signal: AbortSignal | undefined): AsyncIterableIterator<Change> {
  let isDue = true
  let isOver = false
  let wake = (): void => undefined
  const forget = directory.onChanged(() => {
    isDue = true
    wake()
  })
  const end = (): void => {
    isOver = true
    forget()
    wake()
  }
  signal?.addEventListener('abort', end, { once: true })
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      while (!isDue && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (isOver) return { done: true, value: undefined }
      isDue = false
      return { done: false, value: { servicesChanged: servicesOf(directory) } }
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
  }
}
