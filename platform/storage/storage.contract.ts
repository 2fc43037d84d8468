import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ObjectStorage } from './storage.ts'

/** A storage to be tested, and how its makings are removed. */
export interface OpenedStorage {
  readonly storage: ObjectStorage
  close(): Promise<void>
}

const KEY = '019ab000-0000-7000-8000-000000000001/aa11'

/** What every storage promises. Each adapter's own test calls this with itself. */
export function describeStorage(name: string, open: () => Promise<OpenedStorage>): void {
  describe(`storage (${name})`, () => {
    let opened: OpenedStorage
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    test('gives back what was put, whole or in parts, to the byte', async () => {
      const { storage } = opened
      const content = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 256))
      await storage.put(KEY, content)
      expect(Buffer.from(await storage.read(KEY, 0, 5_000)).equals(content)).toBe(true)
      expect([...(await storage.read(KEY, 254, 4))]).toEqual([254, 255, 0, 1])
      expect([...(await storage.read(KEY, 998, 100))]).toEqual([998 % 256, 999 % 256])
      expect(await storage.read(KEY, 1_000, 10)).toHaveLength(0)
      expect(await storage.read(KEY, 5_000, 10)).toHaveLength(0)
    })

    test('takes the same object twice, also at once', async () => {
      const { storage } = opened
      const content = Buffer.from('same')
      await Promise.all([storage.put(KEY, content), storage.put(KEY, content)])
      await storage.put(KEY, content)
      expect(Buffer.from(await storage.read(KEY, 0, 10)).toString()).toBe('same')
      expect(await storage.list('', 10)).toEqual([KEY])
    })

    test('says that an object is missing', async () => {
      await expect(opened.storage.read(KEY, 0, 10)).rejects.toMatchObject({ name: 'ObjectMissingError' })
    })

    test('lists keys in order, from after one, as many as are wanted', async () => {
      const { storage } = opened
      const keys = ['019ab000-a/1', '019ab000-a/2', '019ab000-b/1', '019ab001-a/1', '119ab000-a/1']
      for (const key of keys.toReversed()) await storage.put(key, Buffer.from(key))
      expect(await storage.list('', 100)).toEqual(keys)
      for (const [index, key] of keys.entries())
        expect(await storage.list(key, 2)).toEqual(keys.slice(index + 1, index + 3))
      expect(await storage.list('', 2)).toEqual(keys.slice(0, 2))
      expect(await storage.list('019ab000-a/zz', 1)).toEqual(['019ab000-b/1'])
    })

    test('removes what it is told to, and minds nothing that is gone', async () => {
      const { storage } = opened
      const [one, other] = ['019ab000-a/1', '019ab000-a/2']
      for (const key of [one, other]) await storage.put(key, Buffer.from(key))
      await storage.remove([one, '019ab000-a/never', '029ab000-a/never'])
      await storage.remove([one])
      expect(await storage.list('', 10)).toEqual([other])
      await storage.remove([other])
      expect(await storage.list('', 10)).toEqual([])
      await storage.put(one, Buffer.from('again'))
      expect(await storage.list('', 10)).toEqual([one])
    })

    test('refuses what is larger than it takes, and what is no key', async () => {
      const { storage } = opened
      const tooMuch = Buffer.alloc(storage.bytesMax + 1)
      await expect(storage.put(KEY, tooMuch)).rejects.toMatchObject({ name: 'ObjectTooLargeError' })
      for (const key of ['', 'abc', '../../../etc/passwd', '019ab000-a/../x', '/019ab000-a/x', '019ab000-a/x/y']) {
        await expect(storage.put(key, Buffer.from('x'))).rejects.toThrow(RangeError)
        await expect(storage.read(key, 0, 1)).rejects.toThrow(RangeError)
      }
      expect(await storage.list('', 10)).toEqual([])
    })
  })
}
