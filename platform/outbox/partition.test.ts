import { expect, test } from 'vitest'
import { murmur2, partitionOf } from './partition.ts'

// From the tests of Kafka's own clients: `UtilsTest.testMurmur2`.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is what Kafka says', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash)
})

test('a key always has the same partition, and keys spread over all', () => {
  const partitions = Array.from({ length: 1_000 }, (_, index) => partitionOf(`key-${index}`, 8))
  expect(partitionOf('key-7', 8)).toBe(partitions[7])
  expect(new Set(partitions).size).toBe(8)
  expect(Math.min(...partitions)).toBeGreaterThanOrEqual(0)
})
