import { DomainError } from '#platform/domain'

/** Between which values something may be, both included. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/**
 * A whole number that is within its bounds.
 *
 * @param text writes a value for people
 * @throws {DomainError} BAD_USER_INPUT, with the nearest value that is good
 */
export function within(path: string, value: number, { min, max }: Bounds, text: (value: number) => string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  const suggestion = text(Math.min(Math.max(Math.round(value), min), max))
  throw new DomainError('BAD_USER_INPUT', `${path} is from ${text(min)} to ${text(max)}`, { path, suggestion })
}
