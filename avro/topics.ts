import type { Records } from './generated/index.ts'

/** A topic: what it carries, in how many partitions, and for how long. */
export interface Topic {
  readonly name: string
  /** The full name of the schema of its values. */
  readonly schema: keyof Records
  readonly partitions: number
  /** How long records are kept. A compacted topic keeps the last record of each key for good. */
  readonly retentionMs: number
  readonly compacted: boolean
  /** The most bytes of a value, not counting the head of the wire format. */
  readonly recordBytesMax: number
}

const DAY_MS = 24 * 60 * 60 * 1000
const MEBIBYTE = 1024 * 1024
const shared = { partitions: 8, retentionMs: 7 * DAY_MS, compacted: false, recordBytesMax: MEBIBYTE }

/**
 * The one list of topics. Keyed by job id, but for `identity-events`: compaction keeps the last record of
 * a key, and each session must stay revoked, so its key is the session's id.
 */
export const topics = {
  'job-events': { ...shared, name: 'job-events', schema: 'carillon.jobs.JobChanged' },
  'job-execute': { ...shared, name: 'job-execute', schema: 'carillon.scheduler.ExecutionRequested' },
  'schedule-events': { ...shared, name: 'schedule-events', schema: 'carillon.scheduler.ScheduleAdvanced' },
  'execution-events': { ...shared, name: 'execution-events', schema: 'carillon.executions.ExecutionChanged' },
  'identity-events': { ...shared, name: 'identity-events', schema: 'carillon.auth.SessionRevoked', compacted: true },
  // Heartbeats, keyed by the instance's id: the last one of each, until its tombstone. One partition holds them all.
  'service-instances': {
    ...shared,
    name: 'service-instances',
    schema: 'carillon.registry.ServiceInstance',
    partitions: 1,
    compacted: true,
  },
  // What is parked waits for a person, so it is kept longer. Order between records of one key is of no use here.
  quarantine: {
    ...shared,
    name: 'quarantine',
    schema: 'carillon.platform.RecordQuarantined',
    partitions: 1,
    retentionMs: 30 * DAY_MS,
  },
  // What operators decide of it. One partition: each consumer reads all, and heeds its own.
  'quarantine-decisions': {
    ...shared,
    name: 'quarantine-decisions',
    schema: 'carillon.platform.QuarantineDecided',
    partitions: 1,
  },
} as const satisfies Record<string, Topic>

/** The name of a topic in the list. */
export type TopicName = keyof typeof topics
