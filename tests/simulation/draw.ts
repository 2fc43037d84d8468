import { seeded } from '#platform/testing'

/** Chance, all of it from one seed. */
export interface Draw {
  /** True this often, in [0, 1]. */
  chance(probability: number): boolean
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  pick<Item>(items: readonly Item[]): Item
  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name
}

/** Opens a source of chance. */
export function openDraw(seed: number): Draw {
  const random = seeded(seed)
  const int = (min: number, max: number): number => min + Math.floor(random() * (max - min + 1))
  return {
    int,
    chance: (probability) => random() < probability,
    pick<Item>(items: readonly Item[]) {
      if (items.length === 0) throw new RangeError('there is nothing to pick from')
      return items[int(0, items.length - 1)] as Item
    },
    weighted<Name extends string>(weights: Readonly<Record<Name, number>>) {
      const names = Object.keys(weights) as Name[]
      let left = random() * names.reduce((sum, name) => sum + weights[name], 0)
      for (const name of names) {
        left -= weights[name]
        if (left < 0) return name
      }
      return names.at(-1) as Name
    },
  }
}
