import type { Unit, Value } from '#platform/database'

/** How far a consumer is in a stream, and how many of its records wait for a gap to be filled. */
export interface Mark {
  version: number
  waiting: number
}

// A few sizes, so that few statements are prepared. The last value fills a chunk up.
const CHUNK_SIZES = [1, 8, 64, 512] as const

/** The marks of streams; a stream without one is at version 0. */
export async function readMarks(unit: Unit, consumer: string, streams: Iterable<string>): Promise<Map<string, Mark>> {
  const marks = new Map<string, Mark>()
  for (const chunk of chunked([...streams])) {
    const rows = await unit.all<{ stream: string; version: number; waiting: number }>(
      `select stream, version, waiting from inbox_marks where consumer = ? and stream in (${placeholders(chunk)})`,
      [consumer, ...chunk],
    )
    for (const { stream, version, waiting } of rows) marks.set(stream, { version, waiting })
  }
  return marks
}

/** Writes the marks of the streams in which something happened, in the transaction of the effect. */
export async function saveMarks(unit: Unit, consumer: string, marks: ReadonlyMap<string, Mark>): Promise<void> {
  if (marks.size === 0) return
  const rows: Value[][] = []
  for (const [stream, { version, waiting }] of marks) rows.push([consumer, stream, version, waiting])
  await unit.upsertMany('inbox_marks', ['consumer', 'stream'], ['consumer', 'stream', 'version', 'waiting'], rows)
}

function placeholders(chunk: readonly string[]): string {
  return chunk.map(() => '?').join(', ')
}

function chunked(values: readonly string[]): string[][] {
  const chunks: string[][] = []
  for (let start = 0; start < values.length; ) {
    const left = values.length - start
    const size = CHUNK_SIZES.find((candidate) => candidate >= left) ?? CHUNK_SIZES[3]
    const chunk = values.slice(start, start + size)
    const last = chunk.at(-1) ?? ''
    while (chunk.length < size) chunk.push(last)
    chunks.push(chunk)
    start += size
  }
  return chunks
}
