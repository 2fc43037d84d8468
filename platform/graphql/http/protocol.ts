/** Headers between the gateway and the doors of subgraphs. */
export const HEADERS = {
  correlationId: 'x-correlation-id',
  /** The address that the caller's request came from. A door is reached by our own processes only, and believes it. */
  network: 'x-caller-network',
  traceparent: 'traceparent',
  /** In an answer: the request was not looked at, so that even a mutation may be sent to another instance. */
  notTaken: 'x-carillon-not-taken',
} as const

/** The largest body of an operation: 10,000 jobs in one `createJobs`, with room. */
export const OPERATION_BYTES_MAX = 16 * 1024 * 1024

/** How often an event stream sends something when nothing happens. */
export const HEARTBEAT_MS = 12_000

const MUTATION = /\bmutation\b/

/** Whether a document may change something. A query that only has the word in it counts too, and is merely not repeated. */
export function mayChange(query: string): boolean {
  return MUTATION.test(query)
}
