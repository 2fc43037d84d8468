import { expect, test } from 'vitest'
import { type Gathered, openGathering } from './gather.ts'

function gatherSlowly(itemsMax = 10) {
  const seen: string[][] = []
  const ends: (() => void)[] = []
  const gathering = openGathering<string, string>({
    itemsMax,
    waitingMax: 5,
    refuse: () => new Error('too many'),
    async work(items) {
      seen.push([...items])
      await new Promise<void>((resolve) => ends.push(resolve))
      return items.map(
        (item): Gathered<string> => (item === 'bad' ? { error: new Error('bad') } : { value: `${item}!` }),
      )
    },
  })
  const endOne = async (): Promise<void> => {
    ends.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { gathering, seen, endOne }
}

test('the first goes alone and at once; what comes meanwhile goes together, in its order', async () => {
  const { gathering, seen, endOne } = gatherSlowly(2)
  const added = ['a', 'b', 'c', 'd'].map((item) => gathering.add('group', item))
  expect(seen).toEqual([['a']])
  await endOne()
  await endOne()
  await endOne()
  expect(seen).toEqual([['a'], ['b', 'c'], ['d']])
  expect(await Promise.all(added)).toEqual(['a!', 'b!', 'c!', 'd!'])
})

test('more than may wait are refused at once, and nobody else is', async () => {
  const { gathering, endOne } = gatherSlowly()
  const added = Promise.allSettled(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((item) => gathering.add('group', item)))
  await endOne()
  await endOne()
  const outcomes = (await added).map((each) => (each.status === 'fulfilled' ? each.value : each.reason.message))
  expect(outcomes).toEqual(['a!', 'b!', 'c!', 'd!', 'e!', 'f!', 'too many'])
})

test('a group waits for no other, and starts anew when it was empty', async () => {
  const { gathering, seen, endOne } = gatherSlowly()
  const both = [gathering.add('one', 'a'), gathering.add('other', 'b')]
  expect(seen).toEqual([['a'], ['b']])
  await endOne()
  await endOne()
  await Promise.all(both)
  const again = gathering.add('one', 'c')
  expect(seen.at(-1)).toEqual(['c'])
  await endOne()
  expect(await again).toBe('c!')
})

test('one that fails does so alone; what ends the work ends all of it, and the next goes on', async () => {
  const { gathering, endOne } = gatherSlowly()
  const added = ['a', 'bad', 'c'].map((item) => gathering.add('group', item))
  const settled = Promise.allSettled(added)
  await endOne()
  await endOne()
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])

  let isDown = true
  const failing = openGathering<string, string>({
    itemsMax: 10,
    waitingMax: 10,
    refuse: () => new Error('too many'),
    async work(items) {
      if (isDown) throw new Error('down')
      return items.map((value) => ({ value }))
    },
  })
  const lost = await Promise.allSettled(['a', 'b'].map((item) => failing.add('group', item)))
  expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  isDown = false
  expect(await failing.add('group', 'c')).toBe('c')
})
