import type { Clock } from '#platform/clock'
import type { Unit } from '#platform/database'
import { append, type NewEvents } from '#platform/event-store'
import { type OutgoingRecord, publish } from '#platform/outbox'
import type { Schemas } from '#platform/schemas'
import type { Span } from '#platform/telemetry'
import type { Decision } from '../domain/decide.ts'
import type { FiredOccurrence, ScheduleAdvanced } from '../domain/schedule-advanced.ts'
import { type Advance, insertOccurrences } from '../projections/occurrences.ts'
import { saveTimetable, type TimetableEntry } from '../projections/timetable.ts'
import { type TracedCause, traceFires } from './trace-fires.ts'

/** A decision for a job, and what led to it. */
export interface Decided {
  readonly before: TimetableEntry
  readonly decision: Decision
  /** The record that brought the change; null when it was time alone. */
  readonly cause: ({ readonly correlationId: string; readonly causationId: string } & TracedCause) | null
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
    const event = scheduleAdvanced(each.decision, ports.clock)
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
  await publish(
    unit,
    ports.schemas,
    advances.flatMap((advance) => recordsOf(advance)),
  )
  await saveTimetable(
    unit,
    decided.map(({ before, decision }) => ({
      entry: {
        timetable: decision.timetable,
        head: heads.get(before.head.stream) ?? before.head,
        fireCount: before.fireCount + decision.fires.length,
      },
      next: decision.next,
    })),
  )
  for (const { spans } of advances) for (const span of spans) span.end()
  return advances.reduce((fires, { event }) => fires + event.fired.length, 0)
}

/** Whether there is anything to tell: a change that only waits is none. */
function hasAdvanced({ before, decision }: Decided): boolean {
  return decision.fires.length > 0 || decision.timetable.jobVersion !== before.timetable.jobVersion
}

function scheduleAdvanced(
  { timetable, fires, next, exhausted }: Decision,
  clock: Pick<Clock, 'newId'>,
): ScheduleAdvanced {
  const fired = fires.map(
    (fire): FiredOccurrence => ({
      executionId: fire.executionId ?? clock.newId(),
      cause: fire.cause,
      nominalAtMs: fire.nominalAt.getTime(),
      jobVersion: fire.jobVersion,
    }),
  )
  return {
    type: 'ScheduleAdvanced',
    jobId: timetable.jobId,
    appliedVersion: timetable.jobVersion,
    fired,
    nextFireAtMs: next?.getTime() ?? null,
    exhausted,
    decidedThroughMs: timetable.decidedThrough.getTime(),
  }
}

/** An `ExecutionRequested` for each fire, and one `ScheduleAdvanced`. The versions of both streams have no gaps. */
function recordsOf(advance: Told): OutgoingRecord[] {
  const { before, decision, event, workspaceId, recordedAt, correlationId, spans } = advance
  const { jobId } = event
  const records: OutgoingRecord[] = decision.fires.map(({ jobVersion, jobType, params, cause, nominalAt }, index) => {
    const executionId = event.fired[index]?.executionId ?? ''
    const previous = before.fireCount + index
    return {
      topic: 'job-execute',
      key: jobId,
      value: {
        executionId,
        jobId,
        workspaceId,
        jobVersion,
        jobType,
        params,
        cause,
        scheduledFor: nominalAt,
        firedAt: recordedAt,
      },
      stream: `fires-${jobId}`,
      version: previous + 1,
      previous,
      correlationId: advance.cause ? correlationId : executionId,
      traceparent: spans[index]?.traceparent ?? null,
    }
  })
  const fired = event.fired.map(({ executionId, cause, nominalAtMs }) => ({
    executionId,
    cause,
    scheduledFor: new Date(nominalAtMs),
  }))
  const { appliedVersion, exhausted } = event
  records.push({
    topic: 'schedule-events',
    key: jobId,
    value: { jobId, workspaceId, appliedVersion, fired, nextFireAt: decision.next, exhausted, decidedAt: recordedAt },
    stream: before.head.stream,
    version: before.head.version + 1,
    previous: before.head.version,
    correlationId,
    traceparent: spans[0]?.traceparent ?? advance.cause?.traceparent ?? null,
  })
  return records
}
