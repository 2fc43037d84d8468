// What an executor needs of the executions context: its lease, its claims, and where logs and results go.
// Never shows tables or events; the graph of this context is in main.ts.
export type { ExecutionCommands } from './commands/execution-commands.ts'
export type { FinishedAttempt } from './commands/finish-attempts.ts'
export { type HeldClaim, LEASE_MS, LEASE_RENEWAL_MS } from './commands/leases.ts'
export type { Claim } from './commands/ports.ts'
export type { MadeArtefact } from './commands/store-artefacts.ts'
export type { Execution } from './domain/execution.ts'
export type { AttemptOutcome, LossReason } from './domain/execution-command.ts'
export type { StoredArtefact } from './projections/artefacts.ts'
export type { ExecutionHistory } from './projections/history.ts'
export type { LogChunk, LogLine } from './projections/logs.ts'
export type { ProgressReport } from './projections/progress.ts'
export type { Place } from './projections/queue.ts'
