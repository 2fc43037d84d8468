import { executionRequestedDefaults } from '#avro'
import type { Clock } from '#platform/clock'
import type { Unit } from '#platform/database'
import { append, type NewEvents } from '#platform/event-store'
import { type OutgoingRecord, publish } from '#platform/outbox'
import { tzdbVersion } from '#platform/schedule'
import type { Schemas } from '#platform/schemas'
import type { Span } from '#platform/telemetry'
import type { Decision, Fire } from '#platform/timetable'
import { type Advance, insertOccurrences } from '../projections/occurrences.ts'
import { moveTimetable, saveTimetable } from '../projections/timetable.ts'
import type { TimetableEntry } from '../projections/timetable-row.ts'
import { scheduleAdvanced } from './schedule-event.ts'
import { type TracedCause, traceFires } from './trace-fires.ts'

/** A decision for a job, and what led to it. */
export interface Decided {
  readonly before: TimetableEntry
  readonly decision: Decision
  /** The record that brought the change; null when it was time alone. */
  readonly cause: ({ readonly correlationId: string; readonly causationId: string } & TracedCause) | null
  /** Another next time is news. */
  readonly isRecomputed: boolean
}

/** What recording needs beside the unit. */
export interface RecordPorts {
  readonly schemas: Schemas
  readonly clock: Pick<Clock, 'newId'>
}

/** A decision that is told to others. */
interface Told extends Decided, Advance {
  readonly correlationId: string
  /** One for each fire. */
  readonly spans: readonly Span[]
}

const ACTOR = 'scheduler'
const TIME = 'clock'

/**
 * Writes decisions down, all of them by a handful of statements: the event of each, the ledger, the records for the
 * executors and for those who follow schedules, and the timetable.
 *
 * @returns how many executions were requested
 */
export async function recordDecisions(unit: Unit, ports: RecordPorts, decided: readonly Decided[]): Promise<number> {
  if (decided.length === 0) return 0
  const advances: Told[] = []
  const appends: NewEvents[] = []
  for (const each of decided) {
    if (!hasAdvanced(each)) continue
    const { workspaceId } = each.before.timetable
    const event = scheduleAdvanced(each.decision, ports.clock.newId)
    const correlationId = each.cause?.correlationId ?? event.fired[0]?.executionId ?? TIME
    const causationId = each.cause?.causationId ?? TIME
    const { head } = each.before
    appends.push({ head, events: [event], workspaceId, actor: ACTOR, correlationId, causationId })
    advances.push({
      ...each,
      event,
      workspaceId,
      recordedAt: unit.now,
      correlationId,
      spans: traceFires(each.decision, event, each.cause),
    })
  }

  const heads = new Map((await append(unit, appends)).map((head) => [head.stream, head]))
  await insertOccurrences(unit, advances)
  const records = advances.flatMap((advance) => [...requestsOf(advance), advanceOf(advance)])
  await publish(unit, ports.schemas, records)

  const saved = decided.map(({ before, decision, cause }) => ({
    timetable: decision.timetable,
    head: heads.get(before.head.stream) ?? before.head,
    fireCount: before.fireCount + decision.fires.length + (decision.cancelsOpen ? 1 : 0),
    next: decision.next,
    isByTime: cause === null && decision.timetable.jobVersion === before.timetable.jobVersion,
  }))
  await moveTimetable(
    unit,
    saved.filter(({ isByTime }) => isByTime),
  )
  await saveTimetable(
    unit,
    saved.filter(({ isByTime }) => !isByTime),
  )
  for (const { spans } of advances) for (const span of spans) span.end()
  return advances.reduce((fires, { event }) => fires + event.fired.length, 0)
}

/** Whether there is anything to tell: a change that only waits is none. */
function hasAdvanced({ before, decision, isRecomputed }: Decided): boolean {
  const { fires, skips, backfills, timetable, next } = decision
  const isNews = fires.length > 0 || skips.length > 0 || backfills.length > 0
  if (isRecomputed && next?.getTime() !== before.next?.getTime()) return true
  return isNews || timetable.jobVersion !== before.timetable.jobVersion
}

/**
 * An `ExecutionRequested` for each fire, and what ends all of them after the last. Neither this stream nor that of the
 * schedule has gaps in its versions.
 */
function requestsOf(told: Told): readonly OutgoingRecord[] {
  const { before, decision, event, workspaceId, recordedAt, cause, correlationId, spans } = told
  const { jobId } = event
  const fires = decision.fires.map((fire, index): OutgoingRecord => {
    const executionId = event.fired[index]?.executionId ?? ''
    const previous = before.fireCount + index
    return {
      topic: 'job-execute',
      key: jobId,
      value: {
        executionId,
        jobId,
        workspaceId,
        jobVersion: fire.jobVersion,
        jobType: fire.jobType,
        params: fire.params,
        cause: fire.cause,
        scheduledFor: fire.nominalAt,
        ...executionRequestedDefaults,
        effectiveAt: jitteredAt(fire),
        isLate: fire.isLate,
        policy: fire.policy,
        firedAt: recordedAt,
      },
      stream: `fires-${jobId}`,
      version: previous + 1,
      previous,
      correlationId: cause ? correlationId : executionId,
      traceparent: spans[index]?.traceparent ?? null,
    }
  })
  return decision.cancelsOpen ? [...fires, cancelOf(told, before.fireCount + fires.length)] : fires
}

/** In the stream of the fires, so that whoever takes it has taken all of these: none is missed, however far behind it is. */
function cancelOf({ decision, event, workspaceId, recordedAt, correlationId }: Told, previous: number): OutgoingRecord {
  const { jobId, appliedVersion: jobVersion } = event
  return {
    topic: 'job-execute',
    key: jobId,
    value: {
      ...{ executionId: '', jobId, workspaceId, jobVersion, jobType: '', params: '', cause: '' },
      ...executionRequestedDefaults,
      scheduledFor: recordedAt,
      cancelsOpen: decision.cancelsOpen,
      firedAt: recordedAt,
    },
    stream: `fires-${jobId}`,
    version: previous + 1,
    previous,
    correlationId,
  }
}

function advanceOf({ before, decision, event, workspaceId, recordedAt, cause, correlationId, spans }: Told) {
  const { jobId, appliedVersion, exhausted } = event
  const fired = decision.fires.map((fire, index) => ({
    executionId: event.fired[index]?.executionId ?? '',
    cause: fire.cause,
    scheduledFor: fire.nominalAt,
    effectiveAt: jitteredAt(fire),
    isLate: fire.isLate,
    wallTime: fire.wallTime,
    jobVersion: fire.jobVersion,
  }))
  return {
    topic: 'schedule-events',
    key: jobId,
    value: {
      jobId,
      workspaceId,
      appliedVersion,
      fired,
      skipped: decision.skips,
      backfills: decision.backfills,
      decidedThrough: decision.timetable.decidedThrough,
      tzdbVersion: tzdbVersion(),
      nextFireAt: decision.nextNominal,
      exhausted,
      decidedAt: recordedAt,
    },
    stream: before.head.stream,
    version: before.head.version + 1,
    previous: before.head.version,
    correlationId,
    traceparent: spans[0]?.traceparent ?? cause?.traceparent ?? null,
  } satisfies OutgoingRecord
}

/** When a fire takes effect, where that is not its nominal time. */
function jitteredAt({ nominalAt, effectiveAt }: Fire): Date | null {
  return effectiveAt.getTime() === nominalAt.getTime() ? null : effectiveAt
}
