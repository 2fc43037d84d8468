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
export type { Door } from './http/door.ts'
export type { HealthReport } from './http/exchange.ts'
export { listeningUrl } from './http/listening-url.ts'
export { type OperationsOptions, type SubgraphDoorOptions, serveOperations, serveSubgraph } from './http/serve.ts'
export { Multicast, StreamEndedError } from './multicast.ts'
export { type RemoteSubgraph, type RemoteSubgraphOptions, remoteSubgraph } from './remote/remote-subgraph.ts'
export type { Resolvers } from './resolvers.ts'
export { dateTimeScalar, durationScalar, jsonScalar, timeZoneScalar } from './scalars.ts'
export { type Framing, type StreamOptions, streamFraming, writeStream } from './streaming.ts'
export {
  makeSubgraph,
  type ResultStream,
  type Subgraph,
  type SubgraphCaller,
  type SubgraphOptions,
  type SubgraphRequest,
} from './subgraph.ts'
export { readTypeDefs, typeDefFiles } from './type-defs.ts'
