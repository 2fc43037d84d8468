// HTTP to wherever users say: every connection passes the address guard, redirects are followed by hand, all is capped.
// Never reads a proxy from the environment, and never knows who asks or why.
export { type AddressGuard, addressGuard, type HttpPolicy } from './address-guard.ts'
export { readBytes, skipBody } from './body.ts'
export { clientFor, openClient } from './client.ts'
export type { HttpAnswer, HttpRequest } from './exchange.ts'
export type { Lookup } from './guarded-connector.ts'
export type { Headers } from './headers.ts'
export { OutboundError, type OutboundErrorCode } from './outbound-error.ts'
export { type SendOptions, send } from './send.ts'
