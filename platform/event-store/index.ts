// Streams of events: append with an expected version, load, and prove that nothing was changed since.
// Never knows what an event means, and never publishes: that is the outbox.
export { append, type NewEvents } from './append.ts'
export { type KnownCommand, keepAnswers, keyReused, knownCommands, type OnceOptions, once } from './commands.ts'
export { VersionConflictError } from './errors.ts'
export type { EventRow } from './event-row.ts'
export { type Decided, type Execute, executeCommand, retryConflicts } from './execute-command.ts'
export { brokenLinks } from './hash-chain.ts'
export {
  load,
  loadMany,
  readStream,
  type StoredEvent,
  type Stream,
  versionAt,
} from './load.ts'
export { eventStoreMigrations } from './migrations.ts'
export { BEGINNING, type Place, readOn } from './read-all.ts'
export { newStream, type StreamHead } from './stream-head.ts'
