// What a process tells its operators: one JSON line an event, metrics, and traces.
// Never carries a token, a password or a payload.
export { type Log, openLog, silentLog } from './log.ts'
export { type Metrics, openMetrics } from './metrics.ts'
export { currentTraceparent, inTrace, isTracing, openSpan, type Span, span, spanEach } from './trace/span.ts'
export { startTracing } from './trace/start-tracing.ts'
export { soundTraceparent } from './trace/traceparent.ts'
