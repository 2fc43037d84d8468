// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.
import type { ExecutionChanged } from './execution-changed.ts'
import type { ExecutionRequested } from './execution-requested.ts'
import type { JobChanged } from './job-changed.ts'
import type { QuarantineDecided } from './quarantine-decided.ts'
import type { RecordQuarantined } from './record-quarantined.ts'
import type { ScheduleAdvanced } from './schedule-advanced.ts'
import type { ServiceInstance } from './service-instance.ts'
import type { SessionRevoked } from './session-revoked.ts'

export type { ExecutionChanged, ExecutionLifecycle } from './execution-changed.ts'
export type { ExecutionRequested, OpenCancel } from './execution-requested.ts'
export type {
  BackfillRequest,
  CalendarDays,
  CalendarUse,
  Catchup,
  DstGap,
  DstOverlap,
  JobChange,
  JobChanged,
  JobLifecycle,
  JobTrigger,
  OpenCancelOrder,
  Overlap,
  Timing,
} from './job-changed.ts'
export type { QuarantineDecided, QuarantineDecision } from './quarantine-decided.ts'
export type { QuarantineState, RecordQuarantined } from './record-quarantined.ts'
export type {
  BackfillProgress,
  BackfillState,
  Fire,
  ScheduleAdvanced,
  Skip,
  SkipOutcome,
} from './schedule-advanced.ts'
export type { ServiceInstance, ServiceStatus } from './service-instance.ts'
export type { RevocationReason, SessionRevoked } from './session-revoked.ts'

/** The records that go between services, by the full names of their schemas. */
export interface Records {
  readonly 'carillon.executions.ExecutionChanged': ExecutionChanged
  readonly 'carillon.scheduler.ExecutionRequested': ExecutionRequested
  readonly 'carillon.jobs.JobChanged': JobChanged
  readonly 'carillon.platform.QuarantineDecided': QuarantineDecided
  readonly 'carillon.platform.RecordQuarantined': RecordQuarantined
  readonly 'carillon.scheduler.ScheduleAdvanced': ScheduleAdvanced
  readonly 'carillon.registry.ServiceInstance': ServiceInstance
  readonly 'carillon.auth.SessionRevoked': SessionRevoked
}

/** The file of each schema, in avro/. */
export const schemaFiles: Readonly<Record<keyof Records, string>> = {
  'carillon.executions.ExecutionChanged': 'execution-changed.avsc',
  'carillon.scheduler.ExecutionRequested': 'execution-requested.avsc',
  'carillon.jobs.JobChanged': 'job-changed.avsc',
  'carillon.platform.QuarantineDecided': 'quarantine-decided.avsc',
  'carillon.platform.RecordQuarantined': 'record-quarantined.avsc',
  'carillon.scheduler.ScheduleAdvanced': 'schedule-advanced.avsc',
  'carillon.registry.ServiceInstance': 'service-instance.avsc',
  'carillon.auth.SessionRevoked': 'session-revoked.avsc',
}
