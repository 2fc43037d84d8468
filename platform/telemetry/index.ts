// What a process tells its operators: one JSON line an event, and metrics.
// Never carries a token, a password or a payload.
export { type Log, openLog, silentLog } from './log.ts'
export { type Metrics, openMetrics } from './metrics.ts'
