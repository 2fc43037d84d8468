import { hashFraction } from './hash.ts'

/**
 * When a nominal time takes effect: up to `jitterMs` later, by a hash, so that every scheduler finds the same; never at or
 * past the nominal time that comes next.
 */
export function jitteredAt(jobId: string, cause: string, nominal: Date, jitterMs: number, next: Date | null): Date {
  const nominalMs = nominal.getTime()
  const delayMsMax = Math.min(jitterMs, next === null ? jitterMs : next.getTime() - nominalMs - 1)
  if (delayMsMax <= 0) return nominal
  // The hash is spread over what there is room for; cut off at the next time, many would meet just before it.
  return new Date(nominalMs + Math.floor(hashFraction(`${jobId}\n${cause}\n${nominalMs}`) * (delayMsMax + 1)))
}
