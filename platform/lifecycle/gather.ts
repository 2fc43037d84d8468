/** What came of an item. */
export type Gathered<Result> = { readonly value: Result } | { readonly error: unknown }

/** How items are worked on together. */
export interface GatheringOptions<Item, Result> {
  /** How many are worked on at once, at most. */
  readonly itemsMax: number
  /** How many of a group wait, at most. */
  readonly waitingMax: number
  /** What becomes of one more. */
  refuse(): Error
  /** Works on items of one group. @returns what came of each, in their order; what it throws comes of all of them */
  work(items: readonly Item[]): Promise<readonly Gathered<Result>[]>
}

/** Takes single items, of which those of a group that wait together are worked on together. */
export interface Gathering<Item, Result> {
  /** Waits no longer than for what of its group is in work: the first one not at all. */
  add(group: string, item: Item): Promise<Result>
}

interface Waiting<Item, Result> {
  readonly item: Item
  resolve(value: Result): void
  reject(error: unknown): void
}

/** Groups are worked on beside each other, and each in the order in which its items came. */
export function openGathering<Item, Result>({
  itemsMax,
  waitingMax,
  refuse,
  work,
}: GatheringOptions<Item, Result>): Gathering<Item, Result> {
  const groups = new Map<string, Waiting<Item, Result>[]>()

  async function drain(group: string, waiting: Waiting<Item, Result>[]): Promise<void> {
    while (waiting.length > 0) await settle(waiting.splice(0, itemsMax))
    groups.delete(group)
  }

  async function settle(some: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const all = await work(some.map(({ item }) => item))
      for (const [index, { resolve, reject }] of some.entries()) {
        const gathered = all[index] ?? { error: new Error('nothing came of it') }
        if ('error' in gathered) reject(gathered.error)
        else resolve(gathered.value)
      }
    } catch (error) {
      for (const { reject } of some) reject(error)
    }
  }

  return {
    add(group, item) {
      return new Promise((resolve, reject) => {
        const waiting = groups.get(group)
        if (waiting && waiting.length >= waitingMax) {
          reject(refuse())
          return
        }
        if (waiting) {
          waiting.push({ item, resolve, reject })
          return
        }
        const first = [{ item, resolve, reject }]
        groups.set(group, first)
        void drain(group, first)
      })
    },
  }
}
