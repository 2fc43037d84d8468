// How an execution is to be run, as its job says: whether it may, limits, retries, time-outs, and the arithmetic of these.
// Never runs, waits or stores anything.

export {
  type Admission,
  admit,
  type Displaced,
  nextAdmitted,
  type OpenExecution,
  type Overlap,
  type SkipCode,
} from './admission.ts'
export { fairTag, tagAfter, tagBack, WEIGHT_MAX } from './fair-tags.ts'
export { flowKeyOf, isFlowLimited, priorityRank } from './flow-key.ts'
export {
  DEFAULT_POLICY,
  defaultPolicy,
  type ExecutionPolicy,
  isDefaultPolicy,
  type OnUnknown,
  policyOf,
  policyText,
  withOverlap,
} from './policy.ts'
export { retryDelayMs } from './retry-delay.ts'
export { type Bucket, fullBucket, type Rate, refilled, spent, tokenAtMs, tokensIn } from './token-bucket.ts'
export { type Unique, uniqueValue } from './unique.ts'
