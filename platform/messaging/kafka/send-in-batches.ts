import { type KafkaClient, keyOf, type PlacedRecord } from './kafka-client.ts'

const PARTITION_BYTES_MAX = 1024 * 1024
const REQUEST_BYTES_MAX = 8 * 1024 * 1024
/** What the format adds to a record, generously. */
const FRAME_BYTES = 100

/** Sends records in order, in as few requests as the limits of topics and brokers allow. */
export async function sendInBatches(client: KafkaClient, records: readonly PlacedRecord[]): Promise<void> {
  let batch: PlacedRecord[] = []
  let requestBytes = 0
  const partitionBytes = new Map<string, number>()
  for (const record of records) {
    const [key, bytes] = [keyOf(record), bytesOf(record)]
    const filled = partitionBytes.get(key) ?? 0
    const isFull = requestBytes + bytes > REQUEST_BYTES_MAX || filled + bytes > PARTITION_BYTES_MAX
    if (isFull && batch.length > 0) {
      await client.send(batch)
      batch = []
      requestBytes = 0
      partitionBytes.clear()
    }
    batch.push(record)
    requestBytes += bytes
    partitionBytes.set(key, (partitionBytes.get(key) ?? 0) + bytes)
  }
  if (batch.length > 0) await client.send(batch)
}

function bytesOf({ key, value, headers }: PlacedRecord): number {
  let bytes = FRAME_BYTES + key.length + (value?.length ?? 0)
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0)
  return bytes
}
