// Who calls: access tokens checked, revocations kept, one `authorize`, and the network a caller comes from.
// Never issues a token, holds a private key or knows a service.
export { type Action, authorize, signedIn } from './authorize.ts'
export type { Caller } from './caller.ts'
export { type FollowedRevocations, type FollowOptions, followRevocations } from './follow-revocations.ts'
export { type CachedKeySource, cachedKeySource, type KeySource, type KeySourceOptions } from './key-source.ts'
export { networkOf } from './network.ts'
export { asOperator, type Operators } from './operators.ts'
export { makeRevocations, type Revocations } from './revocations.ts'
export { ACCESS_TOKEN } from './token-format.ts'
export { makeTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from './token-verifier.ts'
