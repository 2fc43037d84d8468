// The words every domain speaks: decider, refusal, invariant. Pure.
// Never reads a clock, draws a random number or imports a package.
export { checkedIdempotencyKey, checkedLine, checkedNote, type TextRules } from './checked-text.ts'
export type { Decider } from './decider.ts'
export { DomainError, type ErrorCode, isDomainError } from './domain-error.ts'
export { invariant } from './invariant.ts'
