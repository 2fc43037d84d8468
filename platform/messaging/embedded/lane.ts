import { backoffMs } from '#platform/lifecycle'
import type { IncomingRecord } from '../messaging.ts'
import type { RecordSource } from './record-source.ts'

/** A group's way through one producer's log of one partition. */
export interface Lane {
  readonly topic: string
  readonly partition: number
  readonly source: RecordSource
  /** The last offset that was committed; 0 before the first. */
  offset: number
  /** Who has records of it in hand. One at a time, or the order would be lost. */
  holder: object | undefined
  /** Counts what makes a commit void: the death of its holder, a replay from the start. */
  fence: number
  /** How often in a row its records could not be handled. */
  failures: number
  restUntilMs: number
}

/** Records of one lane in the hand of a member. */
export interface Take {
  readonly lane: Lane
  readonly fence: number
  readonly lastOffset: number
}

/** A lane at its start or its committed offset. */
export function openLane(topic: string, partition: number, source: RecordSource, offset: number): Lane {
  return { topic, partition, source, offset, holder: undefined, fence: 0, failures: 0, restUntilMs: 0 }
}

/** Reads on, holding the lane. @returns undefined, with the lane free again, when there is nothing */
export async function take(
  lane: Lane,
  holder: object,
  limit: number,
  into: IncomingRecord[],
): Promise<Take | undefined> {
  const { topic, partition, source, offset, fence } = lane
  lane.holder = holder
  try {
    const records = await source.read(topic, partition, offset, limit)
    for (const record of records) into.push(record)
    const lastOffset = records.at(-1)?.offset
    if (lastOffset !== undefined) return { lane, fence, lastOffset }
  } catch (error) {
    release(lane, holder)
    throw error
  }
  release(lane, holder)
  lane.failures = 0
  return undefined
}

/** Frees a lane, unless somebody else holds it by now. */
export function release(lane: Lane, holder: object): void {
  if (lane.holder === holder) lane.holder = undefined
}

/** Makes a lane wait after a failure: longer each time, up to 5 s. @returns how long */
export function rest(lane: Lane, nowMs: number): number {
  lane.failures += 1
  const durationMs = backoffMs(lane.failures)
  lane.restUntilMs = nowMs + durationMs
  return durationMs
}
