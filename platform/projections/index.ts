// Rows made from events: kept with them, made again from them, and pushed to those who watch.
// Never decides: a projection believes its events.
export { type Change, type ChangeFeed, openChangeFeed, pruneChanges, recordChanges } from './changes.ts'
export { changesMigrations } from './migrations.ts'
/** @public for operators' tools */
export { differences, type Projection, rebuild, replaceLive } from './rebuild.ts'
export { type Watch, watch } from './watch.ts'
