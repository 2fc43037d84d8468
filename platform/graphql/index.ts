// How a service becomes a part of the graph: the Subgraph port, scalars, errors, Relay pages, streams of results.
// Never knows a service, and never tells a caller what went wrong inside.
export {
  type Connection,
  type CursorKey,
  connection,
  decodeCursor,
  type Edge,
  encodeCursor,
  type Page,
  pageOf,
} from './connection.ts'
export { isOutage, type MachineryCode } from './errors.ts'
export { Multicast, StreamEndedError } from './multicast.ts'
export type { Resolvers } from './resolvers.ts'
export { dateTimeScalar, jsonScalar } from './scalars.ts'
export { type Framing, type StreamOptions, streamFraming, writeStream } from './streaming.ts'
export {
  makeSubgraph,
  type ResultStream,
  type Subgraph,
  type SubgraphCaller,
  type SubgraphOptions,
  type SubgraphRequest,
} from './subgraph.ts'
