import { backoffMs } from '#platform/lifecycle'
import type { IncomingRecord } from '../messaging.ts'
import type { Place, PlaceOffset } from './kafka-client.ts'

/** A consumer's way through a partition that is its own. */
export interface Lane extends Place {
  /** What was fetched and is not handled. */
  records: IncomingRecord[]
  /** The offset after the last record that was handled; undefined before the first. */
  handledTo: number | undefined
  committedTo: number | undefined
  /** The offset after the last record that was fetched. */
  fetchedTo: number | undefined
  /** What was handled before the partitions were shared out anew comes once more: it is dropped. */
  dropBelow: number
  /** Counts how often partitions were shared out. */
  assignment: number
  isPaused: boolean
  /** How often in a row its records could not be handled. */
  failures: number
  restUntilMs: number
  /** When something last came. */
  heardAtMs: number
}

/** Records of a lane that are being handled. */
export interface Take {
  readonly lane: Lane
  readonly assignment: number
  readonly count: number
  readonly lastOffset: number
}

/** A lane of a partition that has just been assigned. */
export function openLane({ topic, partition }: Place, nowMs: number): Lane {
  return {
    topic,
    partition,
    records: [],
    handledTo: undefined,
    committedTo: undefined,
    fetchedTo: undefined,
    dropBelow: 0,
    assignment: 0,
    isPaused: false,
    failures: 0,
    restUntilMs: 0,
    heardAtMs: nowMs,
  }
}

/** The partition stays with this consumer, and is read again from what is committed. */
export function reassign(lane: Lane, nowMs: number): void {
  lane.assignment += 1
  lane.records = []
  lane.fetchedTo = undefined
  lane.dropBelow = lane.handledTo ?? 0
  lane.isPaused = false
  lane.heardAtMs = nowMs
}

/** Adds what was fetched. */
export function add(lane: Lane, records: readonly IncomingRecord[], nowMs: number): void {
  const last = records.at(-1)
  if (!last) return
  lane.heardAtMs = nowMs
  lane.fetchedTo = last.offset + 1
  for (const record of records) if (record.offset >= lane.dropBelow) lane.records.push(record)
  // Once past it, a lower offset means that the topic was made anew.
  if (last.offset >= lane.dropBelow) lane.dropBelow = 0
}

/** Takes records to handle; they stay until it is known that they were. */
export function take(lane: Lane, limit: number, into: IncomingRecord[]): Take | undefined {
  const count = Math.min(limit, lane.records.length)
  const last = lane.records[count - 1]
  if (!last) return undefined
  for (let index = 0; index < count; index++) into.push(lane.records[index] as IncomingRecord)
  return { lane, assignment: lane.assignment, count, lastOffset: last.offset }
}

/** What was taken was handled. */
export function handled({ lane, assignment, count, lastOffset }: Take): void {
  lane.failures = 0
  lane.handledTo = lastOffset + 1
  if (assignment === lane.assignment) {
    lane.records.splice(0, count)
    return
  }
  lane.dropBelow = lane.handledTo
  lane.records = lane.records.filter((record) => record.offset > lastOffset)
}

/** Makes a lane wait after a failure: longer each time, up to 5 s. @returns how long */
export function rest(lane: Lane, nowMs: number): number {
  lane.failures += 1
  const durationMs = backoffMs(lane.failures)
  lane.restUntilMs = nowMs + durationMs
  return durationMs
}

/** The offsets of lanes that were handled further than is committed. */
export function toCommit(lanes: Iterable<Lane>): (PlaceOffset & { readonly lane: Lane })[] {
  const offsets: (PlaceOffset & { readonly lane: Lane })[] = []
  for (const lane of lanes) {
    if (lane.handledTo === undefined || lane.handledTo === lane.committedTo) continue
    offsets.push({ lane, topic: lane.topic, partition: lane.partition, offset: lane.handledTo })
  }
  return offsets
}
